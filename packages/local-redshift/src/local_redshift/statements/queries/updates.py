"""UPDATE … FROM with the target named again in FROM, under an alias.

PostgreSQL takes such a table for another one, so that every row of the target meets every row that is found. On
Redshift the alias stands for the target: https://docs.aws.amazon.com/redshift/latest/dg/c_Examples_of_UPDATE_statements.html
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits, closing
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, SYMBOL, WORD, Token
from local_redshift.wire.errors import RedshiftError

#: What can follow a table in FROM and is no alias of it.
_NO_ALIAS = keywords("ON USING WHERE JOIN LEFT RIGHT FULL INNER CROSS NATURAL")
_OUTER = keywords("LEFT RIGHT FULL")


def rewrite_update(tokens: Sequence[Token], edits: Edits) -> None:
    """Make the row that an alias of the target stands for the row that is updated.

    :param tokens: an UPDATE.
    :param edits: takes the changes.
    :raises RedshiftError: when the alias is joined by an outer join.
    """
    cursor = Cursor(tokens, 1)
    target = cursor.names()
    source = _top_level(tokens, cursor.at, "FROM")
    if source is None:
        return
    where = _top_level(tokens, source, "WHERE")
    alias = _alias_of(target, tokens[source : where or len(tokens)])
    if alias is None or _is_qualifier(target[-1], tokens[source:]):
        return
    if any(token.kind is WORD and token.upper in _OUTER for token in tokens[source : where or len(tokens)]):
        raise RedshiftError(
            "0A000",
            "Target table must be part of an equijoin predicate",
            hint="An UPDATE joins its target by inner joins: use a subquery in WHERE for outer ones.",
            position=tokens[source].start + 1,
        )
    same = f"{edits.text[tokens[1].start : tokens[cursor.at - 1].end]}.ctid = {alias.text}.ctid"
    if where is None:
        edits.insert(tokens[-1].end, f" WHERE {same}")
    else:
        edits.insert(tokens[where].end, f" {same} AND (")
        edits.insert(tokens[-1].end, ")")


def _top_level(tokens: Sequence[Token], at: int, word: str) -> int | None:
    """Return where a keyword stands outside of brackets."""
    while at < len(tokens):
        if tokens[at].kind is SYMBOL and tokens[at].text == "(":
            at = closing(tokens, at)
        elif tokens[at].kind is WORD and tokens[at].upper == word:
            return at
        at += 1
    return None


def _alias_of(target: Sequence[str], tokens: Sequence[Token]) -> Token | None:
    """Return the alias under which a FROM clause names a table, None when it does not name it."""
    cursor = Cursor(tokens, 1)
    while not cursor.done:
        before = cursor.tokens[cursor.at - 1]
        if cursor.peek("("):
            cursor.at = closing(tokens, cursor.at) + 1
        elif before.upper in ("FROM", "JOIN", ",") and cursor.tokens[cursor.at].kind in (WORD, QUOTED):
            names = cursor.names()
            cursor.accept("AS")
            is_alias = cursor.next is not None and cursor.next.kind in (WORD, QUOTED) and cursor.upper not in _NO_ALIAS
            if is_alias and names == list(target):
                return cursor.next
        else:
            cursor.take()
    return None


def _is_qualifier(name: str, tokens: Sequence[Token]) -> bool:
    """Return whether a column is named with a table's name before it."""
    return any(
        token.kind in (WORD, QUOTED) and token.name == name and following.text == "."
        for token, following in pairwise(tokens)
    )
