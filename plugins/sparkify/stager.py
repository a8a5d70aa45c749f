"""Stages partitions: each in one transaction, a COPY for each kind of compression, audited before it commits.

Generic: it knows tables, columns and files, and nothing of what they mean. What it stages replaces what an earlier
try staged of the same partition, and the run's ``staged_*`` tables account for it in the same transaction.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sparkify import bookkeeping
from sparkify.bookkeeping import StagedPartition
from sparkify.content import Compression
from sparkify.copy_errors import Copied, CopyError, CopyErrors, StagingError
from sparkify.copy_statement import CopyOptions, build_copy
from sparkify.errors import SourceChangedError
from sparkify.manifest import SourceObject, changed_objects, encode_manifest
from sparkify.manifest_folder import ManifestFolder
from sparkify.parallel import run_on_sessions
from sparkify.partitions import Partition
from sparkify.source import Listing
from sparkify.sql_text import quote_identifier, quote_literal

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession

#: Up to here, objects are listed one by one to see whether they changed; beyond it, their whole folder is.
_LISTED_SINGLY = 100


@dataclass(frozen=True)
class _Reading:
    """Files that are being read: by URI, how they are compressed, which is known soon, and their numbers of lines."""

    compressions: Future[dict[str, Compression]]
    lines: Future[dict[str, int]]

    def batches(self, objects: Sequence[SourceObject]) -> dict[Compression, tuple[SourceObject, ...]]:
        """Return the files that are not empty, grouped by compression: COPY takes one kind at a time.

        :raises StoreError: when a file that was read so far cannot be loaded.
        """
        found = self.compressions.result()
        batches = {
            kind: tuple(item for item in objects if item.size and found[item.uri] is kind) for kind in Compression
        }
        return {kind: batch for kind, batch in batches.items() if batch}


@dataclass(frozen=True)
class PartitionStager:
    """Stages partitions of one table.

    :param table: the staging table, found by the session's search path.
    :param columns: column → JSONPath in COPY's order; empty when COPY matches names itself.
    :param partition_column: the column that names a row's partition; ``None`` copies straight into the table.
    :param options: what all COPYs have in common.
    :param store: where the files are.
    :param manifests: where manifests go.
    :param max_rejected_share: the share of a partition's lines that may be put aside, beside the options' number.
    :param open_session: opens a further session, in which load errors are read while a transaction is open.
    :param given_up: when it is set, reading ends early: cancelling the sessions' statements does not end it.
    """

    table: str
    columns: Mapping[str, str]
    partition_column: str | None
    options: CopyOptions
    store: ObjectStore
    manifests: ManifestFolder
    open_session: Callable[[], AbstractContextManager[WarehouseSession]]
    max_rejected_share: float = 1.0
    given_up: threading.Event = field(default_factory=threading.Event)

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

        :raises SourceChangedError: when a file changed meanwhile; the next try lists anew.
        :raises StagingError: when lines cannot be loaded, or the figures do not add up.
        """
        started = time.monotonic()
        errors = CopyErrors(self, session.pid, session.one("SELECT GETDATE()")[0])
        try:
            with self._reading(objects) as reading:
                batches = reading.batches(objects)  # the transaction waits for no file's first bytes
                with session.transaction():
                    copies = self._copy(session, partition, batches)
                    lines = reading.lines.result()
                    self._check_unchanged(partition, objects)
                    rejects = errors.find_rejects(partition, copies, lines)
                    self._forget(session, [partition])
                    staged = StagedPartition(
                        partition,
                        tuple(objects),
                        lines,
                        staged=self._publish_rows(session, partition, copies),
                        rejects=rejects,
                        query_id=copies[-1].query_id,
                        seconds=round(time.monotonic() - started, 3),
                    )
                    self._note(session, [staged])
        except CopyError as failure:
            reason = errors.explain(session, partition, failure)
            raise reason from None if reason is failure.__cause__ else failure.__cause__
        return staged

    def stage_empty(
        self, session: WarehouseSession, partitions: Mapping[Partition, Sequence[SourceObject]]
    ) -> list[StagedPartition]:
        """Note partitions that have no lines, in one transaction, and remove what earlier tries staged of them."""
        staged = [
            StagedPartition(partition, tuple(objects), {item.uri: 0 for item in objects})
            for partition, objects in partitions.items()
        ]
        if staged:
            with session.transaction():
                if self.partition_column is None:
                    session.run(self._delete_all)
                self._forget(session, [item.partition for item in staged])
                self._note(session, staged)
        return staged

    @contextmanager
    def _reading(self, objects: Sequence[SourceObject]) -> Iterator[_Reading]:
        """Read the files while the block runs; a block that fails does not wait for their end."""
        ended = threading.Event()
        compressions: Future[dict[str, Compression]] = Future()

        def stopped() -> bool:
            return ended.is_set() or self.given_up.is_set()

        with ThreadPoolExecutor(1, thread_name_prefix="read") as pool:
            try:
                yield _Reading(compressions, pool.submit(self.store.count_lines, objects, stopped, compressions))
            finally:
                ended.set()

    def _copy(
        self,
        session: WarehouseSession,
        partition: Partition,
        batches: Mapping[Compression, tuple[SourceObject, ...]],
    ) -> list[Copied]:
        """Copy the files into the landing table, or into the table itself when there is no partition column."""
        if self.partition_column:
            target = "landing"
            session.run(f"CREATE TEMP TABLE landing (LIKE {quote_identifier(self.table)} INCLUDING DEFAULTS)")
        else:
            target = self.table
            session.run(self._delete_all)
        copies = []
        for compression, batch in batches.items():
            name = f"{partition.label or 'all'}-{compression.label}.manifest"
            manifest = self.manifests.put(name, encode_manifest(batch))
            copies.append(self._copy_manifest(session, target, manifest, batch, compression))
        return copies

    def _copy_manifest(
        self,
        session: WarehouseSession,
        target: str,
        manifest: str,
        objects: tuple[SourceObject, ...],
        compression: Compression,
    ) -> Copied:
        statement = build_copy(target, list(self.columns), manifest, self.options, compression)
        try:
            session.run(statement, secret=self.options.keys is not None)
        except Exception as error:
            raise CopyError(objects, manifest) from error
        rows, query_id = session.one("SELECT pg_last_copy_count(), pg_last_copy_id()")
        return Copied(objects, int(rows), int(query_id))

    def _check_unchanged(self, partition: Partition, objects: Sequence[SourceObject]) -> None:
        bucket = objects[0].bucket
        single = not partition.label and len(objects) <= _LISTED_SINGLY
        prefixes = [item.key for item in objects] if single else [partition.prefix]
        found = [item for listing in self.store.list_prefixes(bucket, prefixes) for item in listing]
        changed = changed_objects(objects, found)
        if changed:
            raise SourceChangedError(
                f"The source changed while it was being copied ({'; '.join(changed[:3])}): rolled back, "
                "the next try copies what is there then."
            )

    def _publish_rows(self, session: WarehouseSession, partition: Partition, copies: Sequence[Copied]) -> int:
        """Put the landed rows into the table and return how many there are."""
        copied = sum(copy.rows for copy in copies)
        if self.partition_column is None:
            return copied
        table, column = quote_identifier(self.table), quote_identifier(self.partition_column)
        label = quote_literal(partition.label)
        names = ", ".join(map(quote_identifier, self.columns or self._landing_columns(session)))
        inserted = session.run(f"INSERT INTO {table} ({names}, {column}) SELECT {names}, {label} FROM landing")
        session.run("DROP TABLE landing")
        if inserted < 0:  # a driver that does not tell
            inserted = session.one(f"SELECT COUNT(*) FROM {table} WHERE {column} = %s", (partition.label,))[0]
        return inserted

    def _landing_columns(self, session: WarehouseSession) -> list[str]:
        """Return the columns that COPY fills when it is given none: all of the table's but the partition's."""
        return [name for name in session.columns("landing") if name != self.partition_column]

    @property
    def _delete_all(self) -> str:
        return f"DELETE FROM {quote_identifier(self.table)}"

    def _forget(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        """Remove what an earlier try staged of some partitions, and its notes, if these tell of any.

        Each partition's DELETE would read the whole table, and so a window of many hours as often as it has hours.
        """
        labels = [partition.label for partition in partitions]
        earlier = [
            label for sql, values in bookkeeping.noted(self.table, labels) for (label,) in session.rows(sql, values)
        ]
        if not earlier:
            return
        if self.partition_column is not None:
            names = ", ".join(map(quote_literal, earlier))
            column = quote_identifier(self.partition_column)
            session.run(f"{self._delete_all} WHERE {column} IN ({names})")
        for sql, parameters in bookkeeping.forget(self.table, earlier):
            session.run(sql, parameters)

    def _note(self, session: WarehouseSession, staged: Sequence[StagedPartition]) -> None:
        for item in staged:
            problem = item.conservation_problem()
            if problem:
                raise StagingError(f"{item.partition.label or self.table} was not staged: {problem}")
        for sql, parameters in bookkeeping.note(self.table, staged):
            session.run(sql, parameters)


def has_lines(objects: Sequence[SourceObject]) -> bool:
    """Say whether there is anything in a partition's files to copy."""
    return any(item.size for item in objects)
