"""``SELECT * EXCLUDE (a, b)``: the star's columns but some.

https://docs.aws.amazon.com/redshift/latest/dg/r_EXCLUDE_list.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local_redshift.statements.queries.pivot import columns_of
from local_redshift.statements.queries.selects import end_of_list, relations
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import closing, quoted
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, Token
from local_redshift.wire.errors import RedshiftError

_AFTER_FROM = keywords("WHERE GROUP HAVING QUALIFY ORDER LIMIT OFFSET UNION EXCEPT MINUS INTERSECT")


def expand_exclude(script: str, tokens: Sequence[Token], at: int, columns: Mapping[str, Sequence[str]]) -> str:
    """Return a statement with the columns in place of a star and its EXCLUDE.

    :param script: the text that the tokens are of.
    :param tokens: the statement's.
    :param at: index of EXCLUDE, which a star stands before.
    :param columns: of tables, by their names as written.
    :raises ColumnsNeeded: when the FROM clause has a table that ``columns`` lacks.
    :raises RedshiftError: when the list names no column of the FROM clause.
    """
    cursor = Cursor(tokens, at + 1)
    excluded = set(cursor.bracketed_names()) if cursor.peek("(") else _names(cursor)
    end = end_of_list(tokens, cursor.at)
    if end >= len(tokens) or tokens[end].upper != "FROM":
        raise syntax_error(tokens[end] if end < len(tokens) else None)
    clause = tokens[end + 1 : _end_of_from(tokens, end + 1)]
    if any(token.upper in ("USING", "NATURAL") for token in clause):
        raise not_here("EXCLUDE beside USING and NATURAL", tokens[at], "Name the columns instead of *.")
    is_qualified = tokens[at - 2].text == "."
    found = [
        (relation.name, column)
        for relation in relations(clause)
        if not is_qualified or relation.name == tokens[at - 3].name
        for column in columns_of(tokens, relation, columns)
    ]
    if unknown := excluded - {column for _, column in found}:
        name = min(unknown)
        raise RedshiftError("42703", f'column "{name}" does not exist', position=tokens[at].start + 1)
    listed = ", ".join(f"{quoted(name)}.{quoted(column)}" for name, column in found if column not in excluded)
    start = tokens[at - 3 if is_qualified else at - 1].start
    return f"{script[:start]}{listed}{script[tokens[cursor.at - 1].end :]}"


def is_of_star(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a word stands after the star of a SELECT list, and not after a sign of multiplication.

    :param tokens: the statement.
    :param at: index of the word.
    """
    if at < 2 or tokens[at - 1].text != "*":
        return False
    before = tokens[at - 2]
    is_top = before.kind is NUMBER and at > 2 and tokens[at - 3].upper == "TOP"
    return is_top or before.text in (",", ".") or before.upper in ("SELECT", "DISTINCT", "ALL")


def _names(cursor: Cursor) -> set[str]:
    names = {cursor.name()}
    while cursor.accept(","):
        names.add(cursor.name())
    return names


def _end_of_from(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].text not in (")", ";") and tokens[at].upper not in _AFTER_FROM:
        at = closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    return at
