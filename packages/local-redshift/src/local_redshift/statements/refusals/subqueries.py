"""Correlated subqueries that Redshift cannot run, as far as their names are qualified.

https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.queries.selects import select_items
from local_redshift.statements.refusals.query_blocks import QueryBlock, clause_of, query_blocks
from local_redshift.statements.tokens.edits import matches
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, QUOTED, WORD, Token
from local_redshift.wire.errors import RedshiftError

_AGGREGATES = keywords("AVG COUNT SUM STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP LISTAGG MEDIAN")


def refuse_subqueries(tokens: Sequence[Token]) -> None:
    """Refuse correlated subqueries of the patterns that the guide lists.

    :param tokens: the statement.
    :raises RedshiftError: that says which pattern it is.
    """
    if sum(token.upper == "SELECT" for token in tokens if token.kind is WORD) < 2:
        return
    for block in query_blocks(tokens):
        if block.parent is None or block.opening is None or not block.is_correlated:
            continue
        if max(block.levels) > 1:
            raise _refused(tokens, block, "Its columns come from a query further out than the next.")
        if _is_in_outer_join(tokens, block, block.parent):
            raise _refused(tokens, block, "It stands in the ON clause of an outer join.")
        if any(tokens[place].upper == "OVER" and matches(tokens, place + 1, "(") for place in block.inside):
            raise _refused(tokens, block, "It has a window function.")
        if _is_grouped_by(tokens, block, block.parent):
            raise _refused(tokens, block, "GROUP BY names its result.")
        if _is_in_aggregate(tokens, block):
            raise _refused(tokens, block, "It has an aggregate function and GROUP BY in an IN condition.")


def _is_in_outer_join(tokens: Sequence[Token], block: QueryBlock, parent: QueryBlock) -> bool:
    """Return whether a subquery stands in the ON clause of LEFT, RIGHT or FULL JOIN."""
    places = clause_of(tokens, parent, "FROM")
    if block.opening not in places:
        return False
    words = [tokens[place].upper for place in places[: places.index(block.opening)]]
    if "JOIN" not in words:
        return False
    join = len(words) - 1 - words[::-1].index("JOIN")
    return "ON" in words[join:] and not keywords("LEFT RIGHT FULL").isdisjoint(words[max(join - 2, 0) : join])


def _is_grouped_by(tokens: Sequence[Token], block: QueryBlock, parent: QueryBlock) -> bool:
    group = [tokens[place] for place in clause_of(tokens, parent, "GROUP")]
    listed = clause_of(tokens, parent, "SELECT")
    if not group or not listed or block.opening not in listed:
        return False
    for number, item in enumerate(select_items(tokens, listed[0], listed[-1] + 1), start=1):
        if item.tokens[0] is tokens[block.opening]:
            return any(
                (token.kind in (WORD, QUOTED) and token.name == item.alias)
                or (token.kind is NUMBER and token.text == str(number))
                for token in group
            )
    return False


def _is_in_aggregate(tokens: Sequence[Token], block: QueryBlock) -> bool:
    is_in = block.opening is not None and block.opening > 0 and tokens[block.opening - 1].upper == "IN"
    if not is_in or not clause_of(tokens, block, "GROUP"):
        return False
    return any(
        tokens[place].upper in _AGGREGATES and matches(tokens, place + 1, "(")
        for place in clause_of(tokens, block, "SELECT")
    )


def _refused(tokens: Sequence[Token], block: QueryBlock, why: str) -> RedshiftError:
    hint = f"{why} Write a join: https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html"
    text = "This type of correlated subquery pattern is not supported yet"
    return RedshiftError("0A000", text, hint=hint, position=tokens[block.at[0]].start + 1)
