"""What a run's staging holds, as rows of its ``staged_*`` tables. Pure: statements and their parameters.

The columns are fixed by ``sql/tables/staging_control.sql``; later tasks publish only what these rows account for.
The statements are put together here by their columns and batches: this room is generic, and ``sql/`` is the project's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sparkify.hooks.s3_object import S3Object, name_files
from sparkify.hooks.shortening import cut
from sparkify.source.data_files import UnclaimedObject
from sparkify.source.partitions import Partition
from sparkify.staging.load_errors import Reject
from sparkify.staging.manifest import manifest_hash

Statement = tuple[str, tuple[Any, ...]]

_PARTITION_COLUMNS = (
    "table_name",
    "source_partition",
    "start_ts",
    "end_ts",
    "manifest_hash",
    "object_count",
    "byte_count",
    "source_lines",
    "staged",
    "rejected",
    "query_id",
    "seconds",
    "as_of",
)
_OBJECT_COLUMNS = (
    "table_name",
    "source_partition",
    "object_uri",
    "etag",
    "byte_count",
    "last_modified",
    "source_lines",
)
_REJECT_COLUMNS = (
    "table_name",
    "source_partition",
    "object_uri",
    "line_number",
    "column_name",
    "column_type",
    "error_code",
    "reason",
    "raw_line",
)
#: Stands in place of the table for objects that no load reads.
_UNCLAIMED = "unclaimed"
_UNCLAIMED_COLUMNS = ("table_name", "source_partition", "object_uri", "reason")
_TABLES = ("staged_partitions", "staged_objects", "staged_rejects")

#: Rows in one INSERT: with thirteen columns far below the 32,767 parameters that redshift_connector can send.
_ROWS = 1000
#: Raw lines are long: Redshift takes statements of 16 MB at most.
_REJECT_ROWS = 100
_RAW_LINE_BYTES = 65_535
_REASON_BYTES = 512


@dataclass(frozen=True)
class StagedPartition:
    """What was staged of one partition.

    :param partition: which one.
    :param as_of: the warehouse's time between two listings that both showed these versions of its files, UTC.
    :param objects: its files.
    :param source_lines: non-blank lines by object URI, counted from the objects themselves.
    :param staged: rows in the staging table.
    :param rejects: lines that were put aside.
    :param query_id: Redshift's id of the (last) COPY, ``None`` when there was nothing to copy.
    :param seconds: how long it took.
    :param removed: addresses of files that are gone, which is a version of theirs.
    """

    partition: Partition
    as_of: datetime
    objects: tuple[S3Object, ...] = ()
    source_lines: Mapping[str, int] = field(default_factory=dict)
    staged: int = 0
    rejects: tuple[Reject, ...] = ()
    query_id: int | None = None
    seconds: float = 0.0
    removed: tuple[str, ...] = ()

    @property
    def line_count(self) -> int:
        """Non-blank lines of all objects."""
        return sum(self.source_lines.values())

    @property
    def byte_count(self) -> int:
        """Bytes of all objects, as stored."""
        return sum(item.size for item in self.objects)

    def conservation_problem(self) -> str | None:
        """Return why the figures do not add up, ``None`` when they do."""
        if self.line_count == self.staged + len(self.rejects):
            return None
        return (
            f"{self.line_count} source lines are not {self.staged} staged + {len(self.rejects)} rejected rows. "
            "Deliver one JSON object a line: see whether there are several on one, or one over several, in "
            f"{name_files(self.objects)}."
        )


def earlier_records(table: str, label: str | None = None) -> Statement:
    """Return the query for the warehouse's time and the number of partitions that earlier tries recorded.

    In autocommit the time is the statement's, with microseconds; in a transaction it would be the transaction's start:
    https://docs.aws.amazon.com/redshift/latest/dg/r_SYSDATE.html

    :param table: the staging table.
    :param label: the one partition that is meant; ``None``: all of the table's.
    """
    sql = "SELECT SYSDATE, COUNT(*) FROM staged_partitions WHERE table_name = %s"
    return (sql, (table,)) if label is None else (f"{sql} AND source_partition = %s", (table, label))


def remove_records(table: str, labels: Sequence[str]) -> Iterator[Statement]:
    """Return the statements that remove what earlier tries recorded of some partitions."""
    for batch, marks in _batches(labels):
        for name in _TABLES:
            yield f"DELETE FROM {name} WHERE table_name = %s AND source_partition IN ({marks})", (table, *batch)


def _batches(labels: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    for first in range(0, len(labels), _ROWS):
        batch = labels[first : first + _ROWS]
        yield batch, ", ".join(["%s"] * len(batch))


def record(table: str, staged: Sequence[StagedPartition]) -> Iterator[Statement]:
    """Return the statements that record what was staged."""
    yield from _insert("staged_partitions", _PARTITION_COLUMNS, [_partition_row(table, item) for item in staged])
    yield from _insert("staged_objects", _OBJECT_COLUMNS, [row for item in staged for row in _object_rows(table, item)])
    yield from _insert(
        "staged_rejects",
        _REJECT_COLUMNS,
        [row for item in staged for row in _reject_rows(table, item)],
        _REJECT_ROWS,
    )


def record_lines(rows: Sequence[tuple[Any, ...]]) -> Iterator[Statement]:
    """Return the statements that record lines in ``staged_rejects``; a row's last value is the line's bytes."""
    texts = [(*row[:-2], cut(row[-2], _REASON_BYTES), cut(row[-1], _RAW_LINE_BYTES)) for row in rows]
    yield from _insert("staged_rejects", _REJECT_COLUMNS, texts, _REJECT_ROWS)


def record_unclaimed(table: str, objects: Sequence[UnclaimedObject]) -> Iterator[Statement]:
    """Return the statements that record which objects were not staged, in place of those of an earlier try."""
    yield "DELETE FROM staged_rejects WHERE table_name = %s AND source_partition = %s", (_UNCLAIMED, table)
    rows = [(_UNCLAIMED, table, item.uri, item.reason) for item in objects]
    yield from _insert("staged_rejects", _UNCLAIMED_COLUMNS, rows)


def _insert(
    name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], at_once: int = _ROWS
) -> Iterator[Statement]:
    marks = f"({', '.join(['%s'] * len(columns))})"
    for first in range(0, len(rows), at_once):
        batch = rows[first : first + at_once]
        sql = f"INSERT INTO {name} ({', '.join(columns)}) VALUES {', '.join([marks] * len(batch))}"
        yield sql, tuple(value for row in batch for value in row)


def _partition_row(table: str, item: StagedPartition) -> tuple[Any, ...]:
    return (
        table,
        item.partition.label,
        item.partition.start_ts,
        item.partition.end_ts,
        manifest_hash(item.objects),
        len(item.objects),
        item.byte_count,
        item.line_count,
        item.staged,
        len(item.rejects),
        item.query_id,
        item.seconds,
        item.as_of,
    )


def _object_rows(table: str, item: StagedPartition) -> Iterator[tuple[Any, ...]]:
    for source in item.objects:
        modified = source.last_modified.astimezone(UTC).replace(tzinfo=None) if source.last_modified else None
        yield (
            table,
            item.partition.label,
            source.uri,
            source.etag,
            source.size,
            modified,
            item.source_lines.get(source.uri, 0),
        )
    for uri in item.removed:
        yield table, item.partition.label, uri, "", 0, None, 0


def _reject_rows(table: str, item: StagedPartition) -> Iterator[tuple[Any, ...]]:
    for reject in item.rejects:
        error = reject.error
        yield (
            table,
            item.partition.label,
            error.source.uri,
            error.line_number,
            error.column_name,
            error.column_type,
            error.error_code,
            cut(error.reason, _REASON_BYTES),
            cut(reject.raw_line, _RAW_LINE_BYTES),
        )
