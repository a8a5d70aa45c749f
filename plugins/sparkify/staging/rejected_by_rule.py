"""Finds, in the source's files, the lines of staged rows that a later rule leaves out.

COPY does not tell which file a row came from. A query names the rows by what some of their columns hold, and only the
files of their partitions are read again, a line at a time. Lines are noted as they are found: memory is bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sparkify.source.file_reading import iter_lines
from sparkify.source.jsonpaths import find_field
from sparkify.staging.bookkeeping import StagedPartition, note_lines

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession

Row = tuple[Any, ...]

#: Lines noted at once.
_BATCH = 100


@dataclass(frozen=True)
class RejectedByRule:
    """Which rows, and how their lines are told.

    :param table: the table that will not have them; ``staged_rejects`` names the lines by it.
    :param columns: the columns by which a line is told, as the query returns them between partition and reason.
    :param paths: column → JSONPath.
    :param limit: lines of a partition that are noted. An hour may be wrong as a whole, and a million lines inserted
        by hundreds would take longer than the task may; of the rest the rows themselves are kept.
    """

    table: str
    columns: Sequence[str]
    paths: Mapping[str, str]
    limit: int = 10_000

    def note(
        self,
        session: WarehouseSession,
        store: ObjectStore,
        query: str,
        staged: Sequence[StagedPartition],
        *,
        is_retry: bool = True,
    ) -> int:
        """Put the lines into ``staged_rejects``, in the place of those of an earlier try, and return their number.

        :param query: returns partition, the columns and the reason of the rows, once each.
        :param is_retry: whether there may be lines of an earlier try.
        """
        wanted: dict[str, dict[Row, str]] = defaultdict(dict)
        for partition, *values, reason in session.rows(query.strip().rstrip(";")):
            wanted[partition][tuple(map(_comparable, values))] = reason
        if not wanted and not is_retry:
            return 0
        by_label = {item.partition.label: item for item in staged}
        found = 0
        with session.transaction():
            if is_retry:
                session.run("DELETE FROM staged_rejects WHERE table_name = %s", (self.table,))
            for label, rules in wanted.items():
                lines = islice(self._find(store, by_label[label], rules), self.limit)
                while batch := list(islice(lines, _BATCH)):
                    for sql, parameters in note_lines(batch):
                        session.run(sql, parameters)
                    found += len(batch)
        return found

    def _find(self, store: ObjectStore, item: StagedPartition, rules: Mapping[Row, str]) -> Iterator[Row]:
        """Iterate over the lines; one that COPY rejected may look like a staged one, and is passed over."""
        rejected = {reject.error.address for reject in item.rejects}
        for source in item.objects:
            for number, line in iter_lines(store, source):
                reason = rules.get(tuple(_comparable(self._field(line, column)) for column in self.columns))
                if reason is not None and (source.uri, number) not in rejected:
                    where = (self.table, item.partition.label, source.uri, number, self.columns[0])
                    yield *where, None, None, reason, line

    def _field(self, line: bytes, column: str) -> Any:
        try:
            return find_field(line, self.paths[column])
        except LookupError:
            return None


def _comparable(value: Any) -> Any:
    """Return a value of a line as COPY loads it: a blank text is NULL to a number, a text of digits is one.

    What is neither text nor number can be no dictionary's key, and is told from both as text.
    """
    if isinstance(value, str):
        text = value.strip()
        # Python makes an int of no more digits than some thousands; no column of Redshift holds more than 38.
        is_number = len(text) <= 40 and text.removeprefix("-").removeprefix("+").isdecimal()
        return int(text) if is_number and not text.startswith("-+") else text or None
    if isinstance(value, bool | list | dict):
        return repr(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
