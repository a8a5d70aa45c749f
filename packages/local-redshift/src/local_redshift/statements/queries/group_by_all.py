"""``GROUP BY ALL``: by every item of the SELECT list that has no aggregate and no window function.

https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_clause.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.queries.selects import end_of_list, select_items
from local_redshift.statements.tokens.edits import Edits, matches
from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import SYMBOL, WORD, Token

_AGGREGATES = keywords(
    "ANY_VALUE AVG BIT_AND BIT_OR BOOL_AND BOOL_OR COUNT GROUPING GROUPING_ID LISTAGG MAX MEDIAN MIN PERCENTILE_CONT "
    "PERCENTILE_DISC STDDEV STDDEV_POP STDDEV_SAMP SUM VARIANCE VAR_POP VAR_SAMP"
)
_ENDS = keywords("HAVING QUALIFY ORDER LIMIT OFFSET UNION EXCEPT MINUS INTERSECT")


def group_by_all(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """Replace ALL by the numbers of the items that are grouped by.

    :param tokens: the statement.
    :param index: place of the word GROUP.
    :param edits: takes the change.
    :returns: index of what follows.
    """
    at = index + 3
    is_all = matches(tokens, index + 1, "BY", "ALL")
    if not is_all or (at < len(tokens) and tokens[at].text not in (")", ";") and tokens[at].upper not in _ENDS):
        return index + 1
    select = _select_of(tokens, index)
    items = list(select_items(tokens, select + 1, end_of_list(tokens, select + 1)))
    if any(item.tokens and item.tokens[-1].text == "*" for item in items):
        raise not_here("GROUP BY ALL beside *", tokens[index], "Name the columns.")
    places = [str(number) for number, item in enumerate(items, start=1) if not _has_aggregate(item.tokens)]
    edits.replace(tokens[index + 2].start, tokens[index + 2].end, ", ".join(places) or "()")
    return at


def _select_of(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for index in range(at - 1, -1, -1):
        if tokens[index].kind is SYMBOL:
            depth += (tokens[index].text == ")") - (tokens[index].text == "(")
        elif depth == 0 and tokens[index].upper == "SELECT":
            return index
    return 0


def _has_aggregate(tokens: Sequence[Token]) -> bool:
    """Return whether an expression calls an aggregate or a window function."""
    return any(
        token.kind is WORD and (token.upper in _AGGREGATES or token.upper == "OVER") and matches(tokens, index + 1, "(")
        for index, token in enumerate(tokens)
    )
