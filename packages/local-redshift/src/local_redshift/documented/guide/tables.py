"""The tables that examples read and that their own page does not make, and what else pages make. Pure.

A page may use a table that another page makes (the window functions' pages share one), or one of AWS's sample database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from local_redshift.documented.guide.model import Page
from local_redshift.documented.guide.rules import needs_aws, why_not_run
from local_redshift.documented.model import split_script
from local_redshift.statements.tokens.lexer import QUOTED, WORD, tokenize

_BEGIN = r"^(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_TABLE = re.compile(
    _BEGIN + r"create\s+(?:(?:local\s+)?temp(?:orary)?\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:public\.)?([\w#]+)\s*\(",
    re.IGNORECASE | re.DOTALL,
)
_FILLED = re.compile(_BEGIN + r"insert\s+into\s+(?:public\.)?(\w+)\b", re.IGNORECASE | re.DOTALL)
_RELATION = re.compile(
    _BEGIN + r"(?:create\b[^(]*?\b(?:table|view)\s+(?:if\s+not\s+exists\s+)?(?:public\.)?([\w#]+)|declare\s+(\w+))",
    re.IGNORECASE | re.DOTALL,
)
_OBJECT = re.compile(
    _BEGIN + r"create\b[^(]*?\b(?:function|procedure|schema|database|user|group|role|model)"
    r"\s+(?:if\s+not\s+exists\s+)?([\w.]+)",
    re.IGNORECASE | re.DOTALL,
)
#: A model is used by a function: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_MODEL.html
_MODEL_FUNCTION = re.compile(_BEGIN + r"create\s+model\b.*?\bfunction\s+(\w+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Recipe:
    """How a table is made.

    :param statements: its CREATE TABLE, and its INSERTs if there are any.
    """

    statements: tuple[str, ...]

    @property
    def has_rows(self) -> bool:
        """Whether anything fills it."""
        return len(self.statements) > 1

    @property
    def weight(self) -> tuple[bool, int]:
        """What tells the better of two: rows, then the length of what makes it."""
        return self.has_rows, len(self.statements[0])


def made_table(sql: str) -> str | None:
    """Return the name of the table that a CREATE TABLE with columns makes, or None."""
    match = _TABLE.match(sql)
    return match[1].lower() if match else None


def made_relation(sql: str) -> str | None:
    """Return the name of the table, view or cursor that a statement makes, or None."""
    match = _RELATION.match(sql)
    return (match[1] or match[2]).lower() if match else None


def made_object(sql: str) -> str | None:
    """Return the name of the function, schema, user or the like that a statement makes, or None."""
    match = _OBJECT.match(sql)
    return match[1].lower() if match else None


def made_objects(pages: Iterable[Page]) -> frozenset[str]:
    """Return the names of functions, schemas, users and the like that any page makes."""
    made = set[str]()
    for page in pages:
        for example in page.examples:
            if name := made_object(example.sql):
                made.add(name)
            if match := _MODEL_FUNCTION.match(example.sql):
                made.add(match[1].lower())
    return frozenset(made)


def find_recipes(pages: Iterable[Page], script: str = "") -> dict[str, Recipe]:
    """Return how tables are made, by their names.

    :param pages: all pages of the guide; of several that make a table, the one that fills it counts.
    :param script: CREATE TABLE and INSERT statements of the user's, which count more.
    """
    found: dict[str, Recipe] = {}
    for page in pages:
        for name, recipe in _recipes([example.sql for example in page.examples]).items():
            if name not in found or recipe.weight > found[name].weight:
                found[name] = recipe
    return found | _recipes(split_script(script))


def _recipes(statements: Sequence[str]) -> dict[str, Recipe]:
    runs = [sql for sql in statements if not needs_aws(sql) and not why_not_run(sql)]
    made = {name: sql for sql in reversed(runs) if (name := made_table(sql))}
    return {
        name: Recipe((sql, *(other for other in runs if (match := _FILLED.match(other)) and match[1].lower() == name)))
        for name, sql in made.items()
    }


def borrowed(page: Page, recipes: Mapping[str, Recipe]) -> dict[str, Recipe]:
    """Return the tables that a page's statements name and none of them makes.

    :param page: the page.
    :param recipes: how tables are made, by name.
    """
    named = {name for example in page.examples for name in names_in(example.sql)}
    made = {made_relation(example.sql) for example in page.examples}
    return {name: recipe for name, recipe in recipes.items() if name in named - made}


def names_in(sql: str) -> set[str]:
    """Return the words of a statement that may be names."""
    return {token.name for token in tokenize(sql) if token.kind in (WORD, QUOTED)}
