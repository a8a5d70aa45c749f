"""Stages each partition in one transaction, with one COPY for each kind of compression, and audits it before COMMIT.

Generic: it knows tables, columns and files, but not what they mean. What it stages replaces what an earlier try staged
of the same partition, and the run's ``staged_*`` tables record it in the same transaction.

Each statement is expensive on Redshift, so there are few: one query returns both the time and whether an earlier try
recorded the partition.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sparkify.hooks.errors import SourceChangedError
from sparkify.hooks.parallel import run_on_sessions
from sparkify.hooks.s3_object import S3Object
from sparkify.source.partitions import Partition
from sparkify.staging import bookkeeping
from sparkify.staging.bookkeeping import StagedPartition
from sparkify.staging.copy_errors import Copied, CopyError, CopyErrors, StagingError
from sparkify.staging.copy_settings import RejectLimit
from sparkify.staging.copy_statement import CopyOptions, build_copy
from sparkify.staging.manifest import encode_manifest
from sparkify.staging.manifest_folder import ManifestFolder
from sparkify.staging.reading import Batch, Reading, has_lines, read_files
from sparkify.staging.source_files import Listing
from sparkify.staging.staged_table import StagedTable

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.source.file_keys import FileKeys


@dataclass(frozen=True)
class Stager(ABC):
    """Stages partitions into one table.

    :param table: the staging table.
    :param options: the options that all COPYs share.
    :param limit: how many lines of a partition may be rejected.
    :param store: where the files are.
    :param bucket: their bucket.
    :param manifests: where manifests go.
    :param open_session: opens a further session, in which load errors are read while a transaction is open.
    :param removed: addresses of files of the source that are gone, to be recorded with its one partition.
    :param given_up: stops reading early when it is set: cancelling the sessions' statements does not stop it.
    """

    table: StagedTable
    options: CopyOptions
    limit: RejectLimit
    store: ObjectStore
    bucket: str
    manifests: ManifestFolder
    open_session: Callable[[], AbstractContextManager[WarehouseSession]]
    removed: tuple[str, ...] = ()
    given_up: threading.Event = field(default_factory=threading.Event)

    def stage_all(self, sessions: Sequence[WarehouseSession], listing: Listing) -> tuple[list[StagedPartition], int]:
        """Stage the partitions that have lines, several in parallel, and record those that have none.

        :param sessions: each stages one partition at a time.
        :return: what was staged, and how many serialization conflicts occurred.
        """
        filled = [(partition, objects) for partition, objects in listing.items() if has_lines(objects)]
        empty = {partition: objects for partition, objects in listing.items() if not has_lines(objects)}
        conflicts: list[int] = []
        staged = self.stage_empty(sessions[0], empty)
        staged += run_on_sessions(
            sessions, filled, lambda session, item: self.stage(session, *item), self.given_up.set, conflicts.append
        )
        return staged, sum(conflicts)

    def stage(self, session: WarehouseSession, partition: Partition, objects: Sequence[S3Object]) -> StagedPartition:
        """Stage a partition's files in one transaction and return what was staged.

        :raises SourceChangedError: when a file changed in the meantime; the next try lists again.
        :raises StagingError: when lines cannot be loaded, or the counts do not add up.
        """
        started = time.monotonic()
        as_of, is_retry = _read_earlier(session, self.table.name, partition.label)
        # SYSDATE has microseconds; a load error's time may have fewer digits, and then seems earlier.
        since = as_of.replace(microsecond=0)
        errors = CopyErrors(self.table, self.options, self.limit, self.store, self.open_session, session.pid, since)
        try:
            with read_files(self.store, objects, self.given_up, self._collect_keys()) as reading:
                # Before the transaction, so that it does not have to wait for the files' first bytes.
                batches = self._batches(objects, reading)
                with session.transaction():
                    target = self._prepare_target(session, [partition], is_retry=is_retry)
                    copies = self._copy(session, partition, target, batches, reading)
                    lines = reading.lines.result()
                    self._check_unchanged({partition: objects})
                    rejects = errors.find_rejects(partition, copies, lines)
                    if is_retry:
                        self._remove_earlier(session, [partition])
                    staged = StagedPartition(
                        partition,
                        as_of,
                        tuple(objects),
                        lines,
                        staged=self._put_rows(session, partition, target, copies),
                        rejects=rejects,
                        query_id=copies[-1].query_id,
                        seconds=round(time.monotonic() - started, 3),
                        removed=self.removed,
                    )
                    self._record(session, [staged])
        except CopyError as failure:
            reason = errors.explain(session, partition, failure)
            raise reason from None if reason is failure.__cause__ else failure.__cause__
        return staged

    def stage_empty(
        self, session: WarehouseSession, partitions: Mapping[Partition, Sequence[S3Object]]
    ) -> list[StagedPartition]:
        """Record partitions that have no lines, in one transaction, and remove what earlier tries staged of them.

        :raises SourceChangedError: when the files of one have changed in the meantime; the next try lists again.
        """
        if not partitions:
            return []
        as_of, is_retry = _read_earlier(session, self.table.name)
        self._check_unchanged(partitions)
        staged = [
            StagedPartition(partition, as_of, tuple(objects), {item.uri: 0 for item in objects}, removed=self.removed)
            for partition, objects in partitions.items()
        ]
        with session.transaction():
            if is_retry:
                self._remove_rows(session, list(partitions))
                self._remove_records(session, list(partitions))
            self._record(session, staged)
        return staged

    @abstractmethod
    def _prepare_target(self, session: WarehouseSession, partitions: Sequence[Partition], *, is_retry: bool) -> str:
        """Return the table to copy into; it contains no rows of these partitions."""

    @abstractmethod
    def _put_rows(self, session: WarehouseSession, partition: Partition, target: str, copies: Sequence[Copied]) -> int:
        """Move the copied rows to the staging table and return how many there are."""

    @abstractmethod
    def _remove_rows(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        """Remove the rows that an earlier try staged of some partitions."""

    @abstractmethod
    def _remove_earlier(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        """Remove what an earlier try left, after the files are copied: its rows and records."""

    @abstractmethod
    def _check_unchanged(self, listing: Listing) -> None:
        """List partitions again, and compare.

        :raises SourceChangedError: when a file changed.
        """

    def _collect_keys(self) -> FileKeys | None:
        """Return an object that collects the rows' keys while the files are read, or None if they are not needed."""
        return None

    def _batches(self, objects: Sequence[S3Object], reading: Reading) -> list[Batch]:
        """Return the files that each COPY reads."""
        return reading.batches(objects)

    def _copy(
        self, session: WarehouseSession, partition: Partition, target: str, batches: Sequence[Batch], reading: Reading
    ) -> list[Copied]:
        """Copy the files into the target."""
        return [self._copy_batch(session, partition, target, batch) for batch in batches]

    def _copy_batch(self, session: WarehouseSession, partition: Partition, target: str, batch: Batch) -> Copied:
        name = f"{partition.label or 'all'}-{batch.name}.manifest"
        manifest = self.manifests.put(name, encode_manifest(batch.objects))
        statement = build_copy(target, list(self.table.columns), manifest, self.options, batch.compression)
        try:
            session.run(statement, secret=self.options.keys is not None)
        except Exception as error:
            raise CopyError(batch.objects, manifest) from error
        rows, query_id = session.one("SELECT pg_last_copy_count(), pg_last_copy_id()")
        return Copied(batch.objects, int(rows), int(query_id))

    def _remove_records(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        for sql, parameters in bookkeeping.remove_records(self.table.name, [item.label for item in partitions]):
            session.run(sql, parameters)

    def _record(self, session: WarehouseSession, staged: Sequence[StagedPartition]) -> None:
        for item in staged:
            problem = item.conservation_problem()
            if problem:
                raise StagingError(f"{item.partition.label or self.table.name} was not staged: {problem}")
        for sql, parameters in bookkeeping.record(self.table.name, staged):
            session.run(sql, parameters)


def refuse_changes(changes: Sequence[str]) -> None:
    """Fail if the source changed while it was being copied.

    :param changes: a phrase for each change.
    :raises SourceChangedError: when there are changes; the next try lists again.
    """
    if changes:
        raise SourceChangedError(
            f"The source changed while it was being copied ({'; '.join(changes[:3])}): rolled back, "
            "the next try copies what is there then."
        )


def _read_earlier(session: WarehouseSession, table: str, label: str | None = None) -> tuple[datetime, bool]:
    """Return the warehouse's time, and whether an earlier try recorded some of the partitions."""
    sql, parameters = bookkeeping.earlier_records(table, label)
    as_of, recorded = session.one(sql, parameters)
    return as_of, bool(recorded)
