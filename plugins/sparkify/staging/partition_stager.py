"""Stages the partitions of a table that holds several: COPY fills a table of each, whose rows then get its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from sparkify.hooks.sql_text import quote_identifier, quote_literal
from sparkify.source.partitions import Partition
from sparkify.staging.copy_errors import Copied
from sparkify.staging.manifest import changed_objects
from sparkify.staging.source_files import Listing
from sparkify.staging.staged_table import PartitionedTable
from sparkify.staging.stager import Stager, refuse_changes

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession


@dataclass(frozen=True)
class PartitionStager(Stager):
    """Stages partitions into one table, each through a temporary table, because COPY does not tell a row's file.

    The temporary tables are left to end with their session: each statement has its price.
    """

    table: PartitionedTable
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def _prepare_target(self, session: WarehouseSession, partitions: Sequence[Partition], *, is_retry: bool) -> str:
        target = f"copied_rows_{next(self._numbers)}"
        session.run(f"CREATE TEMP TABLE {target} (LIKE {quote_identifier(self.table.name)} INCLUDING DEFAULTS)")
        return target

    def _put_rows(self, session: WarehouseSession, partition: Partition, target: str, copies: Sequence[Copied]) -> int:
        table, column = quote_identifier(self.table.name), quote_identifier(self.table.partition_column)
        label = quote_literal(partition.label)
        names = ", ".join(map(quote_identifier, self.table.columns))
        inserted = session.run(f"INSERT INTO {table} ({names}, {column}) SELECT {names}, {label} FROM {target}")
        if inserted < 0:  # a driver that does not know
            inserted = session.one(f"SELECT COUNT(*) FROM {table} WHERE {column} = %s", (partition.label,))[0]
        return inserted

    def _remove_rows(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        labels = ", ".join(quote_literal(partition.label) for partition in partitions)
        table, column = quote_identifier(self.table.name), quote_identifier(self.table.partition_column)
        session.run(f"DELETE FROM {table} WHERE {column} IN ({labels})")

    def _remove_earlier(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        self._remove_rows(session, partitions)
        self._remove_records(session, partitions)

    def _check_unchanged(self, listing: Listing) -> None:
        """Compare with the partitions' files as they are now; one that is new is a change as well."""
        listings = self.store.list_prefixes(self.bucket, [partition.prefix for partition in listing])
        changes: list[str] = []
        for (partition, objects), found in zip(listing.items(), listings, strict=True):
            changes += changed_objects(objects, partition.files(found), is_whole=True)
        refuse_changes(changes)
