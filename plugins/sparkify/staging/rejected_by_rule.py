"""Finds the lines of staged rows that a later rule leaves out, in the source's files.

COPY does not tell which file a row came from. A query names the rows by what some of their columns hold, and only the
files of their partitions are read again, a line at a time. Lines are kept as they are found: memory is bounded.
The DELETE stands here, and not in a file: this room is generic, and ``sql/`` is the project's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_text import put_values
from sparkify.source.file_reading import iter_lines
from sparkify.source.jsonpaths import find_field
from sparkify.staging.bookkeeping import StagedPartition, record_lines
from sparkify.templated import Templated

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession

Row = tuple[Any, ...]

#: Lines inserted at once.
_BATCH = 100


@dataclass(frozen=True)
class RejectRule(Templated):
    """Which staged rows a later rule leaves out, and how their lines are recognized.

    :param sql: a query, with the operator's ``sql_values`` in its places, for the rows: partition, the ``columns``, and
        the reason, once each.
    :param columns: the columns by which a line is recognized, as the query returns them.
    :param target: the table that will not have the rows; ``staged_rejects`` names the lines by it.
    :param limit: lines of a partition that are kept. An hour may be wrong as a whole, and a million lines inserted
        by hundreds would take longer than the task may; of the rest the rows themselves are kept.
    :raises ValueError: when the query, the columns or the target are empty.
    """

    template_fields = ("sql",)

    sql: str
    columns: Sequence[str]
    target: str
    limit: int = 10_000

    def __post_init__(self) -> None:
        for name in ("sql", "columns", "target"):
            if not getattr(self, name):
                raise ValueError(f"{name} of the reject rule is empty: give the rows' query, columns and target.")

    def serialize(self) -> dict[str, Any]:
        """Return what Airflow's UI shows of the rule; the query is left out, because the UI shows it separately."""
        return {name: value for name, value in super().serialize().items() if name != "sql"}


@dataclass(frozen=True)
class RejectedLineFinder:
    """Finds and keeps the lines of a rule.

    :param rule: the rule.
    :param paths: column → JSONPath.
    """

    rule: RejectRule
    paths: Mapping[str, str]

    def record(
        self,
        session: WarehouseSession,
        store: ObjectStore,
        values: Mapping[str, Any],
        staged: Sequence[StagedPartition],
        *,
        is_retry: bool = True,
    ) -> int:
        """Put the lines into ``staged_rejects``, in the place of those of an earlier try, and return their number.

        :param values: the values of the query's places.
        :param staged: the partitions whose rows it looks at.
        :param is_retry: whether there may be lines of an earlier try.
        """
        query = put_values(self.rule.sql.strip().rstrip(";"), values)
        wanted: dict[str, dict[Row, str]] = defaultdict(dict)
        for partition, *row, reason in session.rows(query):
            wanted[partition][tuple(map(_comparable, row))] = reason
        if not wanted and not is_retry:
            return 0
        by_label = {item.partition.label: item for item in staged}
        found = 0
        with session.transaction():
            if is_retry:
                session.run("DELETE FROM staged_rejects WHERE table_name = %s", (self.rule.target,))
            for label, reasons in wanted.items():
                lines = islice(self._find(store, by_label[label], reasons), self.rule.limit)
                while batch := list(islice(lines, _BATCH)):
                    for sql, parameters in record_lines(batch):
                        session.run(sql, parameters)
                    found += len(batch)
        return found

    def _find(self, store: ObjectStore, item: StagedPartition, reasons: Mapping[Row, str]) -> Iterator[Row]:
        """Iterate over the lines; one that COPY rejected may look like a staged one, and is passed over."""
        rejected = {reject.error.address for reject in item.rejects}
        for source in item.objects:
            for number, line in iter_lines(store, source):
                reason = reasons.get(tuple(_comparable(self._field(line, column)) for column in self.rule.columns))
                if reason is not None and (source.uri, number) not in rejected:
                    where = (self.rule.target, item.partition.label, source.uri, number, self.rule.columns[0])
                    yield *where, None, None, reason, line

    def _field(self, line: bytes, column: str) -> Any:
        try:
            return find_field(line, self.paths[column])
        except LookupError:
            return None


def _comparable(value: Any) -> Any:
    """Return a value of a line as COPY loads it: a blank text is NULL to a number, a text of digits is one.

    A value that is neither text nor number cannot be a dictionary's key, and is represented by its text.
    """
    if isinstance(value, str):
        text = value.strip()
        # Python makes an int of no more digits than some thousands; no column of Redshift holds more than 38.
        is_number = len(text) <= 40 and text.removeprefix("-").removeprefix("+").isdecimal()
        return int(text) if is_number and not text.startswith("-+") else text or None
    if isinstance(value, bool | list | dict):
        return repr(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
