"""Bounds of the rows that a load reads: computed once by a query, then literals in the statements that follow.

For a predicate on the sort key that is a constant of the statement, Redshift reads only the blocks whose zone maps
overlap it; for a bound from a subquery it promises nothing. Several ranges prevent one outlier from widening the bounds
of all rows.
https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_text import Ranges, put_values

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession

#: More ranges than this are joined, those with the smallest gaps between them first.
_MOST = 64

Span = tuple[Any, Any]

#: How a bound is read from its text, by the kind that the query names.
_KINDS: Mapping[str, Callable[[str], Any]] = {"number": int, "time": datetime.fromisoformat, "text": str}


def read_bounds(
    session: WarehouseSession, sql: str, values: Mapping[str, Any] | None = None, names: Sequence[str] = ()
) -> dict[str, Ranges]:
    """Return the ranges that a query finds, by their names.

    :param session: where the query runs.
    :param sql: a SELECT of name, kind (``number``, ``time`` or ``text``), and first and last value as text; rows
        without values do not count.
    :param values: the values of the query's own ``:name`` parameters.
    :param names: names that get no range unless the query finds one.
    """
    found: dict[str, list[Span]] = defaultdict(list)
    for name, kind, first, last in session.rows(put_values(sql.strip().rstrip(";"), values or {})):
        if first is not None:
            found[name].append((_KINDS[kind](first), _KINDS[kind](last)))
    return dict.fromkeys(names, Ranges()) | {name: Ranges(join_spans(spans)) for name, spans in found.items()}


def join_spans(spans: Sequence[Span], most: int = _MOST) -> tuple[Span, ...]:
    """Return at most ``most`` spans, in order, that cover all of these.

    Spans of numbers and times are divided at the widest gaps. Texts have no distance, so their spans are divided into
    groups of equal size.
    """
    ordered = sorted(spans)
    if len(ordered) <= most:
        return tuple(ordered)
    if isinstance(ordered[0][0], str):
        cuts = [number * len(ordered) // most for number in range(1, most)]
    else:
        gaps = sorted(range(1, len(ordered)), key=lambda place: ordered[place][0] - ordered[place - 1][1])
        cuts = sorted(gaps[-(most - 1) :])
    groups = [ordered[start:end] for start, end in zip([0, *cuts], [*cuts, len(ordered)], strict=True)]
    return tuple((group[0][0], max(last for _, last in group)) for group in groups)
