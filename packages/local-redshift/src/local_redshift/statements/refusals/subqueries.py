"""Correlated subqueries that Redshift cannot run, as far as their names are qualified; SUPER values in FROM.

https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.queries.selects import select_items
from local_redshift.statements.refusals.query_blocks import QueryBlock, clause_of, query_blocks
from local_redshift.statements.tokens.edits import matches
from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, QUOTED, WORD, Token
from local_redshift.wire.errors import RedshiftError

_AGGREGATES = keywords("AVG COUNT SUM STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP LISTAGG MEDIAN")


def refuse_subqueries(tokens: Sequence[Token]) -> None:
    """Refuse correlated subqueries of the patterns that the guide lists, and SUPER values as relations.

    :param tokens: the statement.
    :raises RedshiftError: that says which pattern it is.
    """
    for block in query_blocks(tokens):
        _refuse_unnesting(tokens, block)
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


def _refuse_unnesting(tokens: Sequence[Token], block: QueryBlock) -> None:
    """FROM orders AS o, o.items AS i AT place; FROM UNPIVOT o.item AS value AT name."""
    aliases: set[str | None] = set()
    for relation in block.relations:
        first = relation.tokens[0]
        is_value = len(relation.tokens) > 1 and not relation.is_subquery and first.name in aliases
        if is_value or (first.upper == "UNPIVOT" and relation.alias is not None):
            raise not_here("A SUPER value in FROM", first, "Load its elements into a table of their own.")
        aliases.add(relation.alias)
    for place in clause_of(tokens, block, "FROM"):
        is_at = tokens[place].upper == "AT" and tokens[place].kind is WORD and not matches(tokens, place + 1, "TIME")
        if is_at and place + 1 < len(tokens) and tokens[place + 1].kind in (WORD, QUOTED):
            raise not_here("AT in FROM, for the places in SUPER values,", tokens[place], "Number rows by ROW_NUMBER().")


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
