"""Statements that make a table or a view of a query: where in them the query stands.

The columns of what they make have the types that Redshift gives the query's expressions, which only an analysis of
the query tells. So they are cut into parts here, and put together again once the types are known. SELECT … INTO is
CREATE TABLE AS from here on.

Contract: pure; reads the statement as PostgreSQL is sent it.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_INTO.html
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.model import MadeFrom
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import closing
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import WORD, Token, tokenize

_QUERIES = keywords("SELECT WITH (")


def makes_relation(tokens: Sequence[Token]) -> bool:
    """Return whether a statement may be one of these; most are not, and need no second look.

    :param tokens: the statement as it came.
    """
    verb = tokens[0].upper
    if verb == "CREATE":
        words = {token.upper for token in tokens[1:5]}
        return not words.isdisjoint(("TABLE", "VIEW"))
    return verb in _QUERIES and any(token.upper == "INTO" for token in tokens)


def made_from(sql: str) -> MadeFrom | None:
    """Return the parts of a statement that makes a table or a view of a query; None when it is another.

    :param sql: the statement as PostgreSQL is sent it.
    """
    tokens = tokenize(sql)
    if tokens[0].upper != "CREATE":
        return _select_into(sql, tokens)
    cursor = Cursor(tokens, 1)
    cursor.accept("OR", "REPLACE")
    cursor.accept("LOCAL")
    _ = cursor.accept("TEMP") or cursor.accept("TEMPORARY")
    is_table = cursor.accept("TABLE")
    if not is_table and not cursor.accept("VIEW") and not cursor.accept("MATERIALIZED", "VIEW"):
        return None
    cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.names()
    if cursor.peek("("):
        cursor.bracketed()
    if not cursor.accept("AS") or cursor.upper not in _QUERIES:
        return None
    start = tokens[cursor.at].start
    columns = tuple(name.name for item in _listed(tokens, cursor.at - 1) for name in item)
    return MadeFrom(sql[:start], sql[start:], " " * start + sql[start:], tuple(name) if is_table else (), columns)


def _listed(tokens: Sequence[Token], at: int) -> list[list[Token]]:
    """Return the names in the brackets that end before the word AS."""
    if tokens[at - 1].text != ")":
        return []
    opening = next(index for index in range(at) if tokens[index].text == "(")
    return Cursor(tokens, opening).bracketed()


def _select_into(sql: str, tokens: Sequence[Token]) -> MadeFrom | None:
    at = _outermost_into(tokens)
    if at is None:
        return None
    cursor = Cursor(tokens, at + 1)
    temporary = cursor.accept("TEMP") or cursor.accept("TEMPORARY")
    cursor.accept("TABLE")
    first = cursor.at
    name = cursor.names()
    start, end = tokens[at].start, tokens[cursor.at - 1].end
    written = sql[tokens[first].start : end]
    if name[-1].startswith("#"):
        temporary, written = True, f'"{name[-1]}"'
    head = f"CREATE {'TEMP ' if temporary else ''}TABLE {written} AS "
    query = sql[:start] + " " * (end - start) + sql[end:]
    return MadeFrom(head, query, query, tuple(name))


def _outermost_into(tokens: Sequence[Token]) -> int | None:
    """Return the place of the INTO of a statement's own SELECT, also one in brackets."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind is WORD and token.upper == "INTO":
            return at
        is_inner = token.text == "(" and at > 0
        at = closing(tokens, at) + 1 if is_inner else at + 1
    return None
