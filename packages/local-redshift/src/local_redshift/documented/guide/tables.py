"""The tables that examples read and that their own page does not make. Pure.

A page may use a table that another page makes (the window functions' pages share one), or one of AWS's sample database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from local_redshift.documented.guide.model import Page
from local_redshift.documented.guide.rules import needs_aws, why_not_run
from local_redshift.statements.tokens.lexer import QUOTED, WORD, split, tokenize

_MADE = re.compile(
    r"^(?:\s|--[^\n]*\n)*create\s+(?:(?:local\s+)?temp(?:orary)?\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:public\.)?([\w#]+)\s*\(",
    re.IGNORECASE,
)
_FILLED = re.compile(r"^\s*insert\s+into\s+(?:public\.)?(\w+)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Recipe:
    """How a table is made.

    :param statements: its CREATE TABLE, and its INSERTs if there are any.
    """

    statements: tuple[str, ...]

    @property
    def weight(self) -> tuple[bool, int]:
        """What tells the better of two: rows, then the length of what makes it."""
        return len(self.statements) > 1, len(self.statements[0])


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
    return found | _recipes([script[tokens[0].start : tokens[-1].end] for tokens in split(tokenize(script))])


def _recipes(statements: Sequence[str]) -> dict[str, Recipe]:
    runs = [sql for sql in statements if not needs_aws(sql) and not why_not_run(sql)]
    made = {match[1].lower(): sql for sql in reversed(runs) if (match := _MADE.match(sql))}
    return {
        name: Recipe((sql, *(other for other in runs if (match := _FILLED.match(other)) and match[1].lower() == name)))
        for name, sql in made.items()
    }


def borrowed(page: Page, recipes: Mapping[str, Recipe]) -> dict[str, Recipe]:
    """Return the tables that a page's statements name and none of them makes.

    :param page: the page.
    :param recipes: how tables are made, by name.
    """
    named = {token.name for example in page.examples for token in tokenize(example.sql) if token.kind in (WORD, QUOTED)}
    own = _recipes([example.sql for example in page.examples])
    made = {match[1].lower() for example in page.examples if (match := _CREATED.match(example.sql))}
    return {name: recipe for name, recipe in recipes.items() if name in named - own.keys() - made}


_CREATED = re.compile(
    r"^\s*create\s+.*?\b(?:table|view)\s+(?:if\s+not\s+exists\s+)?(?:public\.)?(\w+)", re.I | re.DOTALL
)
