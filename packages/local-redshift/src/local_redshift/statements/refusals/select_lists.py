"""What a SELECT's list must not hold, or not hold together, though PostgreSQL takes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from local_redshift.statements.tokens.edits import closing, matches, split_at
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import SYMBOL, WORD, Token
from local_redshift.wire.errors import RedshiftError

#: Aggregates that sort; they run on the compute nodes only.
_SORTING = keywords("LISTAGG MEDIAN PERCENTILE_CONT")
_COMPUTE_ONLY = keywords("LISTAGG MEDIAN PERCENTILE_CONT PERCENTILE_DISC")
_TRUTHS = keywords("TRUE FALSE UNKNOWN")


def refuse_compute_node_function(tokens: Sequence[Token], index: int) -> None:
    """Refuse a function of the compute nodes in a statement that reads no table.

    https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html

    :param tokens: the statement.
    :param index: place of a function's name that a bracket follows.
    :raises RedshiftError: when it is such a function.
    """
    if tokens[index].upper in _COMPUTE_ONLY:
        raise RedshiftError(
            "0A000",
            "One or more of the used functions must be applied on at least one user created tables. Examples of user "
            "table only functions are LISTAGG, MEDIAN, PERCENTILE_CONT, etc",
            hint=f"{tokens[index].upper} runs on the compute nodes: select from a table.",
            position=tokens[index].start + 1,
        )


def refuse_lists(tokens: Sequence[Token]) -> None:
    """Refuse a query whose list compares by IS, or whose aggregates sort by different expressions.

    https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html
    https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html

    :param tokens: a statement that reads tables.
    :raises RedshiftError: when there is such a list.
    """
    for index, token in enumerate(tokens):
        if token.kind is WORD and token.upper == "SELECT":
            items = list(_list(tokens, index + 1))
            _refuse_is(items)
            _refuse_orders(items)


def _list(tokens: Sequence[Token], start: int) -> Iterator[Token]:
    """Return the tokens of the list that begins at a place."""
    depth = 0
    for token in tokens[start:]:
        if token.kind is SYMBOL:
            depth += (token.text in "([") - (token.text in ")]")
        if depth < 0 or (depth == 0 and token.kind is WORD and token.upper in ("FROM", "INTO", "UNION")):
            return
        yield token


def _refuse_is(items: Sequence[Token]) -> None:
    for item in split_at(items, ","):
        depth = 0
        for at, token in enumerate(item):
            depth += (token.text == "(" or token.upper == "CASE") - (token.text == ")" or token.upper == "END")
            truth = at + 1 + matches(item, at + 1, "NOT")
            if depth == 0 and token.upper == "IS" and any(matches(item, truth, word) for word in _TRUTHS):
                raise RedshiftError(
                    "0A000", "Not implemented", hint="In a SELECT list, write x = TRUE.", position=token.start + 1
                )


def _refuse_orders(items: Sequence[Token]) -> None:
    orders: dict[str, Token] = {}
    at = 0
    while at < len(items):
        token = items[at]
        if token.upper == "(" and matches(items, at + 1, "SELECT"):
            at = closing(items, at)  # has a list of its own
        elif token.kind is WORD and token.upper in _SORTING and matches(items, at + 1, "("):
            order = _order(items, at)
            if order is not None:
                orders.setdefault(order, token)
        at += 1
    if len(orders) > 1:
        raise RedshiftError(
            "0A000",
            "within group ORDER BY clauses for aggregate functions must be the same",
            hint="LISTAGG, PERCENTILE_CONT and MEDIAN of one SELECT sort by one expression; MEDIAN by its argument.",
            position=list(orders.values())[1].start + 1,
        )


def _order(items: Sequence[Token], at: int) -> str | None:
    """Return what the aggregate at a place sorts by; None when it does not, or is a window function."""
    end = closing(items, at + 1)
    key = list(items[at + 2 : end])
    if items[at].upper != "MEDIAN":
        if not matches(items, end + 1, "WITHIN", "GROUP", "(", "ORDER", "BY"):
            return None
        last = closing(items, end + 3)
        key, end = list(items[end + 6 : last]), last
    if matches(items, end + 1, "OVER"):
        return None
    return " ".join(token.upper for token in key).removesuffix(" ASC")
