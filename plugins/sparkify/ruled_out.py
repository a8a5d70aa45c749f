"""Finds, in the source's files, the lines of staged rows that a later rule leaves out.

COPY does not tell which file a row came from. A query names the rows by what some of their columns hold, and only the
files of their partitions are read again, a line at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sparkify.bookkeeping import StagedPartition, note_lines
from sparkify.jsonpaths import find_field

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession

Row = tuple[Any, ...]


@dataclass(frozen=True)
class RuledOut:
    """Which rows, and how their lines are told.

    :param table: the table that will not have them; ``staged_rejects`` names the lines by it.
    :param columns: the columns by which a line is told, as the query returns them between partition and reason.
    :param paths: column → JSONPath.
    """

    table: str
    columns: Sequence[str]
    paths: Mapping[str, str]

    def note(self, session: WarehouseSession, store: ObjectStore, query: str, staged: Sequence[StagedPartition]) -> int:
        """Put the lines into ``staged_rejects``, in the place of those of an earlier try, and return their number.

        :param query: returns partition, the columns and the reason of the rows, once each.
        """
        wanted: dict[str, dict[Row, str]] = defaultdict(dict)
        for partition, *values, reason in session.rows(query.strip().rstrip(";")):
            wanted[partition][tuple(map(_comparable, values))] = reason
        by_label = {item.partition.label: item for item in staged}
        rows = [row for label, rules in wanted.items() for row in self._find(store, by_label[label], rules)]
        with session.transaction():
            session.run("DELETE FROM staged_rejects WHERE table_name = %s", (self.table,))
            for sql, parameters in note_lines(rows):
                session.run(sql, parameters)
        return len(rows)

    def _find(self, store: ObjectStore, item: StagedPartition, rules: Mapping[Row, str]) -> Iterator[Row]:
        for source in item.objects:
            for number, line in store.iter_lines(source):
                reason = rules.get(tuple(_comparable(self._field(line, column)) for column in self.columns))
                if reason is not None:
                    where = (self.table, item.partition.label, source.uri, number, self.columns[0])
                    yield *where, None, None, reason, line

    def _field(self, line: bytes, column: str) -> Any:
        try:
            return find_field(line, self.paths[column])
        except LookupError:
            return None


def _comparable(value: Any) -> Any:
    """COPY makes numbers of texts that are some; floats of JSON are none the less whole numbers."""
    if isinstance(value, str):
        text = value.strip()
        return int(text) if text.lstrip("+-").isdecimal() else value
    return int(value) if isinstance(value, float) and value.is_integer() else value
