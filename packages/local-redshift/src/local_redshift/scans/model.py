"""The tables of a database, and the scans of a statement. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

Value = int | Decimal | str | date | datetime
#: First and last value, both included; None for an end that nothing bounds. ``> 5`` is kept as ``>= 5``.
Span = tuple[Any, Any]
Spans = tuple[Span, ...]


class Kind(StrEnum):
    """What values a column holds, as far as they are compared with literals."""

    NUMBER = "number"
    TEXT = "text"
    TIME = "time"
    OTHER = "other"


@dataclass(frozen=True)
class Table:
    """A table as the server's catalog has it.

    :param columns: its columns and their kinds.
    :param sort_key: columns of its sort key, in their order.
    :param interleaved: whether each of them counts; of a compound key, the first.
    """

    columns: Mapping[str, Kind]
    sort_key: Sequence[str] = ()
    interleaved: bool = False

    @property
    def restricting(self) -> Sequence[str]:
        """The columns of which each by itself lets blocks be skipped.

        https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html
        """
        return self.sort_key if self.interleaved else self.sort_key[:1]


@dataclass(frozen=True)
class Catalog:
    """What the server has.

    :param tables: tables by ``schema.name``.
    :param views: queries of views by ``schema.name``; what names no schema is in public.
    """

    tables: Mapping[str, Table]
    views: Mapping[str, str] = field(default_factory=dict)

    def find(self, schema: str, name: str, search_path: Sequence[str]) -> str:
        """Return the full name of a table or view, the name as it is when there is none.

        :param schema: empty when the statement names none.
        """
        for each in [schema] if schema else search_path:
            full = f"{each}.{name}"
            if full in self.tables or full in self.views:
                return full
        return f"{schema}.{name}" if schema else name


@dataclass(frozen=True)
class Scan:
    """A scan of a base table by a statement.

    :param table: ``schema.name``; the name as written when the catalog has no such table.
    :param alias: what the statement calls it.
    :param column: the sort key's column by which blocks are skipped; None when there is none.
    :param spans: the literals within which its values are sought; none of them when no row is. None for all values.
    """

    table: str
    alias: str
    column: str | None = None
    spans: Spans | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether any block can be skipped: ``is_rrscan`` of STL_SCAN.

        https://docs.aws.amazon.com/redshift/latest/dg/r_STL_SCAN.html
        """
        return self.spans is not None

    @property
    def is_bounded(self) -> bool:
        """Whether literals bound it at both ends."""
        return self.spans is not None and all(None not in span for span in self.spans)


def intersect(one: Spans, other: Spans) -> Spans:
    """Return the spans that are within one of these and one of those."""
    pairs = [(_latest(a[0], b[0]), _earliest(a[1], b[1])) for a in one for b in other]
    return tuple(pair for pair in pairs if None in pair or pair[0] <= pair[1])


def _latest(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else max(one, other)


def _earliest(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else min(one, other)
