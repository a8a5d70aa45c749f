"""Clauses of a query that PostgreSQL does not have, written out as equivalent queries.

QUALIFY, PIVOT, UNPIVOT, EXCLUDE and MERGE … REMOVE DUPLICATES are shorthand. The equivalent query is Redshift's SQL,
so it is rewritten like any statement.

Contract: pure. Raises ``ColumnsNeeded`` for columns that only the warehouse knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local_redshift.statements.queries.exclude import expand_exclude, is_of_star
from local_redshift.statements.queries.merge import remove_duplicates
from local_redshift.statements.queries.pivot import expand_pivot
from local_redshift.statements.queries.qualify import expand_qualify
from local_redshift.statements.tokens.effort import spend
from local_redshift.statements.tokens.lexer import QUOTED, WORD, Token, tokenize

_EXPANSIONS = {
    "EXCLUDE": expand_exclude,
    "QUALIFY": expand_qualify,
    "PIVOT": expand_pivot,
    "UNPIVOT": expand_pivot,
    "REMOVE": remove_duplicates,
}

#: What stands in FROM makes the columns that a star names, and a star with EXCLUDE those that QUALIFY shows.
_FIRST = {"PIVOT": 2, "UNPIVOT": 2, "EXCLUDE": 1}


def expand(script: str, tokens: Sequence[Token], columns: Mapping[str, Sequence[str]]) -> tuple[str, Sequence[Token]]:
    """Return a statement, and its tokens, without those clauses.

    :param script: the text that the tokens are of.
    :param tokens: the statement's.
    :param columns: of tables, by their names as written.
    :returns: the text and its tokens, of this statement only if it was changed.
    :raises ColumnsNeeded: when a clause needs the columns of a table that ``columns`` lacks.
    :raises RedshiftError: for a clause that cannot be understood.
    """
    at = _innermost(tokens)
    if at is None:
        return script, tokens
    script = script[tokens[0].start : tokens[-1].end]
    tokens = tokenize(script)
    while at is not None:
        script = _EXPANSIONS[tokens[at].upper](script, tokens, at, columns)
        tokens = tokenize(script)
        at = _innermost(tokens)
    return script, tokens


def _innermost(tokens: Sequence[Token]) -> int | None:
    """Return the place of the clause that stands in the most brackets, of several the one that others build on."""
    spend(len(tokens))
    found, best, depth = None, (-1, -1), 0
    for index, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        rank = (depth, _FIRST.get(token.upper, 0))
        if token.upper in _EXPANSIONS and rank > best and _is_clause(tokens, index):
            found, best = index, rank
    return found


def _is_clause(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word begins such a clause, and is not a column's name."""
    if index == 0 or index + 1 >= len(tokens) or tokens[index - 1].text in (".", ",", "("):
        return False
    following = tokens[index + 1]
    word = tokens[index].upper
    if word == "EXCLUDE":
        return is_of_star(tokens, index) and (following.text == "(" or following.kind in (WORD, QUOTED))
    if word == "REMOVE":
        return following.upper == "DUPLICATES" and tokens[0].upper == "MERGE"
    if word == "QUALIFY":
        return following.text not in (",", ")", ".", "=") and following.upper not in ("FROM", "AS")
    return following.text == "(" or following.upper in ("INCLUDE", "EXCLUDE")
