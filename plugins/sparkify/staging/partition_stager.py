"""Stages partitions: each in one transaction, a COPY for each kind of compression, audited before it commits.

Generic: it knows tables, columns and files, and nothing of what they mean. What it stages replaces what an earlier
try staged of the same partition, and the run's ``staged_*`` tables account for it in the same transaction.

Redshift's price is the statement, so that there are few: what an earlier try left is asked together with the time, and
the tables that COPY fills, one for each partition, are left to end with their session.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from sparkify.hooks.errors import SourceChangedError
from sparkify.hooks.parallel import run_on_sessions
from sparkify.hooks.source_object import SourceObject, split_uri
from sparkify.hooks.sql_text import quote_identifier, quote_literal
from sparkify.source.content import Compression
from sparkify.source.file_reading import count_lines
from sparkify.source.partitions import Partition
from sparkify.staging import bookkeeping
from sparkify.staging.bookkeeping import StagedPartition
from sparkify.staging.copy_errors import Copied, CopyError, CopyErrors, StagingError
from sparkify.staging.copy_statement import CopyOptions, build_copy
from sparkify.staging.manifest import changed_objects, encode_manifest
from sparkify.staging.manifest_folder import ManifestFolder
from sparkify.staging.source_files import Listing

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.source.file_keys import FileKeys

#: Up to here, objects are listed one by one to see whether they changed; beyond it, their whole folder is.
_LISTED_SINGLY = 100


@dataclass(frozen=True)
class Batch:
    """Files that one COPY reads.

    :param objects: the files.
    :param compression: theirs, all alike: COPY takes one kind at a time.
    :param name: its manifest's name, unique within the partition.
    :param is_single: whether it is one file, copied by itself so that its rows are known to be its own.
    """

    objects: tuple[SourceObject, ...]
    compression: Compression
    name: str
    is_single: bool = False


@dataclass(frozen=True)
class Reading:
    """Files that are being read: by URI, how they are compressed, which is known soon, and their numbers of lines.

    :param compressions: by URI.
    :param lines: by URI.
    :param keys: the rows' keys, complete when the lines are counted; ``None`` when nobody wants them.
    """

    compressions: Future[dict[str, Compression]]
    lines: Future[dict[str, int]]
    keys: FileKeys | None = None

    def batches(self, objects: Sequence[SourceObject]) -> list[Batch]:
        """Return the files that are not empty, by compression.

        :raises StoreError: when a file that was read so far cannot be loaded.
        """
        found = self.compressions.result()
        batches = [
            Batch(tuple(item for item in objects if item.size and found[item.uri] is kind), kind, kind.label)
            for kind in Compression
        ]
        return [batch for batch in batches if batch.objects]


@dataclass(frozen=True)
class PartitionStager:
    """Stages partitions of one table.

    :param table: the staging table, found by the session's search path.
    :param columns: column → JSONPath in COPY's order; empty when COPY matches names itself.
    :param partition_column: the column that names a row's partition; ``None`` copies straight into the table.
    :param options: what all COPYs have in common.
    :param store: where the files are.
    :param bucket: their bucket.
    :param manifests: where manifests go.
    :param open_session: opens a further session, in which load errors are read while a transaction is open.
    :param max_rejected_share: the share of a partition's lines that may be put aside, beside the options' number.
    :param is_whole: whether a partition's listing has all of its files: one that appears meanwhile is a change then.
    :param removed: addresses of files of the source that are gone, to be noted with its one partition.
    :param given_up: when it is set, reading ends early: cancelling the sessions' statements does not end it.
    """

    table: str
    columns: Mapping[str, str]
    partition_column: str | None
    options: CopyOptions
    store: ObjectStore
    bucket: str
    manifests: ManifestFolder
    open_session: Callable[[], AbstractContextManager[WarehouseSession]]
    max_rejected_share: float = 1.0
    is_whole: bool = True
    removed: tuple[str, ...] = ()
    given_up: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def stage_all(self, sessions: Sequence[WarehouseSession], listing: Listing) -> tuple[list[StagedPartition], int]:
        """Stage the partitions that have lines, several at once, and note those that have none.

        :param sessions: each stages one partition at a time.
        :return: what was staged, and how many serialization conflicts were met on the way.
        """
        filled = [(partition, objects) for partition, objects in listing.items() if has_lines(objects)]
        empty = {partition: objects for partition, objects in listing.items() if not has_lines(objects)}
        conflicts: list[int] = []
        staged = self.stage_empty(sessions[0], empty)
        staged += run_on_sessions(
            sessions, filled, lambda session, item: self.stage(session, *item), self.given_up.set, conflicts.append
        )
        return staged, sum(conflicts)

    def stage(
        self, session: WarehouseSession, partition: Partition, objects: Sequence[SourceObject]
    ) -> StagedPartition:
        """Stage a partition's files in one transaction and return what was staged.

        :raises SourceChangedError: when a file changed meanwhile; the next try lists again.
        :raises StagingError: when lines cannot be loaded, or the figures do not add up.
        """
        started = time.monotonic()
        as_of, is_retry = _look_back(session, self.table, partition.label)
        # SYSDATE has microseconds; a load error's time may have fewer digits, and be earlier for it.
        errors = CopyErrors(self, session.pid, as_of.replace(microsecond=0))
        try:
            with self._reading(objects) as reading:
                batches = self._batches(objects, reading)  # the transaction waits for no file's first bytes
                with session.transaction():
                    copy_target = self._make_copy_target(session, is_retry=is_retry)
                    copies = self._copy(session, partition, copy_target, batches, reading)
                    lines = reading.lines.result()
                    self._check_unchanged({partition: objects})
                    rejects = errors.find_rejects(partition, copies, lines)
                    if is_retry:
                        self._forget(session, [partition])
                    staged = StagedPartition(
                        partition,
                        as_of,
                        tuple(objects),
                        lines,
                        staged=self._publish_rows(session, partition, copy_target, copies),
                        rejects=rejects,
                        query_id=copies[-1].query_id,
                        seconds=round(time.monotonic() - started, 3),
                        removed=self.removed,
                    )
                    self._note(session, [staged])
        except CopyError as failure:
            reason = errors.explain(session, partition, failure)
            raise reason from None if reason is failure.__cause__ else failure.__cause__
        return staged

    def stage_empty(
        self, session: WarehouseSession, partitions: Mapping[Partition, Sequence[SourceObject]]
    ) -> list[StagedPartition]:
        """Note partitions that have no lines, in one transaction, and remove what earlier tries staged of them.

        :raises SourceChangedError: when one of them has other files by now; the next try lists again.
        """
        if not partitions:
            return []
        as_of, is_retry = _look_back(session, self.table)
        self._check_unchanged(partitions)
        staged = [
            StagedPartition(partition, as_of, tuple(objects), {item.uri: 0 for item in objects}, removed=self.removed)
            for partition, objects in partitions.items()
        ]
        with session.transaction():
            if is_retry:
                if self.partition_column is None:
                    session.run(self._delete_all)
                self._forget(session, [item.partition for item in staged])
            self._note(session, staged)
        return staged

    @contextmanager
    def _reading(self, objects: Sequence[SourceObject]) -> Iterator[Reading]:
        """Read the files while the block runs; a block that fails does not wait for their end."""
        ended = threading.Event()
        compressions: Future[dict[str, Compression]] = Future()
        keys = self._collect_keys()

        def stopped() -> bool:
            return ended.is_set() or self.given_up.is_set()

        with ThreadPoolExecutor(1, thread_name_prefix="read") as pool:
            try:
                lines = pool.submit(count_lines, self.store, objects, stopped, compressions, keys)
                yield Reading(compressions, lines, keys)
            finally:
                ended.set()

    def _collect_keys(self) -> FileKeys | None:
        """Return what collects the rows' keys while the files are read, if they are wanted."""
        return None

    def _batches(self, objects: Sequence[SourceObject], reading: Reading) -> list[Batch]:
        """Return what each COPY is to read."""
        return reading.batches(objects)

    def _make_copy_target(self, session: WarehouseSession, *, is_retry: bool) -> str:
        """Return the table to copy into: a new one, or the emptied table itself when there is no partition column."""
        if self.partition_column is None:
            if is_retry:
                session.run(self._delete_all)
            return self.table
        copy_target = f"copied_rows_{next(self._numbers)}"
        session.run(f"CREATE TEMP TABLE {copy_target} (LIKE {quote_identifier(self.table)} INCLUDING DEFAULTS)")
        return copy_target

    def _copy(
        self,
        session: WarehouseSession,
        partition: Partition,
        copy_target: str,
        batches: Sequence[Batch],
        reading: Reading,
    ) -> list[Copied]:
        """Copy the files into the copy target."""
        return [self._copy_batch(session, partition, copy_target, batch) for batch in batches]

    def _copy_batch(self, session: WarehouseSession, partition: Partition, copy_target: str, batch: Batch) -> Copied:
        name = f"{partition.label or 'all'}-{batch.name}.manifest"
        manifest = self.manifests.put(name, encode_manifest(batch.objects))
        statement = build_copy(copy_target, list(self.columns), manifest, self.options, batch.compression)
        try:
            session.run(statement, secret=self.options.keys is not None)
        except Exception as error:
            raise CopyError(batch.objects, manifest) from error
        rows, query_id = session.one("SELECT pg_last_copy_count(), pg_last_copy_id()")
        return Copied(batch.objects, int(rows), int(query_id))

    def _check_unchanged(self, listing: Listing) -> None:
        """List partitions again, and compare."""
        changed = []
        for partition, found in self._list_again(listing).items():
            changed += changed_objects(listing[partition], found, is_whole=self.is_whole)
            changed += [f"{uri} is back" for uri in sorted({item.uri for item in found} & set(self.removed))]
        if changed:
            raise SourceChangedError(
                f"The source changed while it was being copied ({'; '.join(changed[:3])}): rolled back, "
                "the next try copies what is there then."
            )

    def _list_again(self, listing: Listing) -> Listing:
        """Return the files of partitions as they are now; of a few files of a large folder only theirs."""
        keys = [item.key for objects in listing.values() for item in objects]
        keys += [split_uri(uri)[1] for uri in self.removed]
        if not self.is_whole and len(keys) <= _LISTED_SINGLY:
            found = [item for objects in self.store.list_prefixes(self.bucket, keys) for item in objects]
            return {partition: partition.files(found) for partition in listing}
        listings = self.store.list_prefixes(self.bucket, [partition.prefix for partition in listing])
        return {partition: partition.files(found) for partition, found in zip(listing, listings, strict=True)}

    def _publish_rows(
        self, session: WarehouseSession, partition: Partition, copy_target: str, copies: Sequence[Copied]
    ) -> int:
        """Put the copied rows into the table and return how many there are."""
        copied = sum(copy.rows for copy in copies)
        if self.partition_column is None:
            return copied
        table, column = quote_identifier(self.table), quote_identifier(self.partition_column)
        label = quote_literal(partition.label)
        names = ", ".join(map(quote_identifier, self.columns or self._copied_columns(session, copy_target)))
        inserted = session.run(f"INSERT INTO {table} ({names}, {column}) SELECT {names}, {label} FROM {copy_target}")
        if inserted < 0:  # a driver that does not tell
            inserted = session.one(f"SELECT COUNT(*) FROM {table} WHERE {column} = %s", (partition.label,))[0]
        return inserted

    def _copied_columns(self, session: WarehouseSession, copy_target: str) -> list[str]:
        """Return the columns that COPY fills when it is given none: all of the table's but the partition's."""
        return [name for name in session.columns(copy_target) if name != self.partition_column]

    @property
    def _delete_all(self) -> str:
        return f"DELETE FROM {quote_identifier(self.table)}"

    def _forget(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        """Remove what an earlier try staged of some partitions, and its notes."""
        labels = [partition.label for partition in partitions]
        if self.partition_column is not None:
            names = ", ".join(map(quote_literal, labels))
            column = quote_identifier(self.partition_column)
            session.run(f"{self._delete_all} WHERE {column} IN ({names})")
        for sql, parameters in bookkeeping.forget(self.table, labels):
            session.run(sql, parameters)

    def _note(self, session: WarehouseSession, staged: Sequence[StagedPartition]) -> None:
        for item in staged:
            problem = item.conservation_problem()
            if problem:
                raise StagingError(f"{item.partition.label or self.table} was not staged: {problem}")
        for sql, parameters in bookkeeping.note(self.table, staged):
            session.run(sql, parameters)


def has_lines(objects: Sequence[SourceObject]) -> bool:
    """Return whether there is anything in a partition's files to copy."""
    return any(item.size for item in objects)


def _look_back(session: WarehouseSession, table: str, label: str | None = None) -> tuple[datetime, bool]:
    """Return the warehouse's time, and whether an earlier try noted some of the partitions."""
    sql, parameters = bookkeeping.look_back(table, label)
    as_of, noted = session.one(sql, parameters)
    return as_of, bool(noted)
