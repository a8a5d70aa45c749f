"""Which files of a folder the ledger does not have in their present version.

The whole folder has to be listed to know, which S3 does a thousand keys a request. Two things bound that for a
catalogue of millions: a listing in which nothing was new is kept with its fingerprint, so that the next one is compared
with it instead of with the ledger; and that of a large folder is taken for the present one for a while, so that listing
takes no more than a set share of the time, however often the hour is loaded.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sparkify.hooks.sql_text import put_values, quote_identifier, quote_literal
from sparkify.source.data_files import UnclaimedObject
from sparkify.source.folder_listing import GROUPS, FolderListing
from sparkify.source.partitions import Partition
from sparkify.source.unclaimed import Unclaimed
from sparkify.staging.source_files import Listing, Source

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.source_object import SourceObject
    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

#: Of a smaller folder, the ledger's rows are simply read again.
_WORTH_KEEPING = 1000
#: A smaller folder is simply listed again. Objects are counted and not seconds, so that a slow moment of S3 does not
#: put off a song that has just come.
_WORTH_SKIPPING = 100_000
#: Of larger folders, the ledger's rows are held in memory for some groups at a time.
_SMALL = 100_000
_GROUPS_AT_ONCE = 32


@dataclass(frozen=True)
class Scan:
    """An earlier listing in which nothing was new.

    :param fingerprint: see :class:`~sparkify.source.folder_listing.FolderListing`.
    :param seconds: how long it took.
    :param age: seconds since then.
    :param count: objects listed.
    """

    fingerprint: str
    seconds: float
    age: float
    count: int

    def stands(self, share: float) -> bool:
        """Return whether it is taken for the present one, so that listing takes no more than a share of the time."""
        return self.count >= _WORTH_SKIPPING and share > 0 and self.age < self.seconds / share


@dataclass(frozen=True)
class Found:
    """What a folder holds.

    :param listing: its new and changed files.
    :param has_files: whether it holds any file at all.
    :param unclaimed: what in it cannot be loaded.
    :param removed: addresses of files that were loaded and are gone, as far as they were looked for.
    """

    listing: Listing
    has_files: bool
    unclaimed: Unclaimed = field(default_factory=Unclaimed)
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewFiles:
    """Finds the new and changed files of a source that is one folder.

    :param source: the source; its ledger knows the files that were loaded.
    :param scans_table: where listings are kept: target_table, folder_uri, listed_at, seconds, object_count,
        fingerprint.
    :param lock: the table on which writers queue.
    :param listing_share: the share of time that listing may take, above 0 and up to 1; 0 lists every time.
    """

    source: Source
    scans_table: str = "etl.source_scans"
    lock: str = "etl.load_mutex"
    listing_share: float = 0

    def find(self, session: WarehouseSession, store: ObjectStore) -> Found:
        """Return the new and changed files, and what else the listing shows."""
        partition = self.source.partitions()[0]
        scan = self._scan(session, partition)
        if scan and scan.stands(self.listing_share):
            log.info(
                "Nothing was new in %s %.0f s ago. Listing it takes %.1f s, so it is not listed again within %.0f s.",
                self._folder(partition),
                scan.age,
                scan.seconds,
                scan.seconds / self.listing_share,
            )
            return Found({partition: []}, has_files=True)
        started = time.monotonic()
        listing, unclaimed = self._list(store, partition)
        unclaimed.warn(log)
        seconds = time.monotonic() - started
        log.info("Listed %s files of %s in %.1f s.", f"{listing.count:,}", self._folder(partition), seconds)
        if scan and listing.count < _WORTH_SKIPPING and not listing.changed_groups(scan.fingerprint):
            return Found({partition: []}, listing.count > 0, unclaimed)
        return Found({partition: self._compare(session, partition, listing, seconds)}, listing.count > 0, unclaimed)

    def find_all(self, session: WarehouseSession, store: ObjectStore) -> Found:
        """Return the new and changed files, and those that are gone: the folder is listed and compared with the ledger.

        A file that was loaded without any bytes is not missed: it brought no rows.
        """
        partition = self.source.partitions()[0]
        listing, unclaimed = self._list(store, partition)
        unclaimed.warn(log)
        removed: list[str] = []
        unknown = self._unknown(session, listing, GROUPS, removed)
        return Found({partition: unknown}, listing.count > 0, unclaimed, tuple(sorted(removed)))

    def peek(self, session: WarehouseSession, store: ObjectStore) -> list[SourceObject]:
        """Return the new and changed files, and keep nothing of the listing."""
        listing, unclaimed = self._list(store, self.source.partitions()[0])
        unclaimed.warn(log)
        return self._unknown(session, listing, GROUPS)

    def _list(self, store: ObjectStore, partition: Partition) -> tuple[FolderListing, Unclaimed]:
        listing, unusable = FolderListing(self.source.bucket), list[UnclaimedObject]()

        def add(page: Sequence[SourceObject]) -> None:
            found = partition.sort_files(page)
            listing.add(found.data)
            unusable.extend(found.unusable)

        store.scan_folder(self.source.bucket, partition.prefix, add)
        return listing, Unclaimed.of(unusable)

    def _compare(
        self, session: WarehouseSession, partition: Partition, listing: FolderListing, seconds: float
    ) -> list[SourceObject]:
        if listing.count < _WORTH_KEEPING:
            return self._unknown(session, listing, GROUPS)
        with session.transaction(lock=self.lock):  # nobody forgets or loads a file between look and note
            scan = self._scan(session, partition)
            unknown = self._unknown(session, listing, listing.changed_groups(scan.fingerprint if scan else None))
            if not unknown:
                self._keep(session, partition, listing, seconds)
        return unknown

    def _unknown(
        self,
        session: WarehouseSession,
        listing: FolderListing,
        groups: Sequence[str],
        removed: list[str] | None = None,
    ) -> list[SourceObject]:
        """Return the files of some groups that the ledger does not have in this version, and add those that are gone.

        :param removed: takes the addresses of files that the ledger has and the listing has not, if they are wanted.
        """
        at_once = len(GROUPS) if listing.count <= _SMALL else _GROUPS_AT_ONCE
        unknown: list[SourceObject] = []
        for first in range(0, len(groups), at_once):
            batch = groups[first : first + at_once]
            objects = listing.objects(batch)
            within = None if removed is not None else [item.uri for item in objects]
            known = self._known(session, batch, within)
            versions = {(uri, etag) for uri, etag, _ in known}
            unknown += [item for item in objects if (item.uri, item.etag) not in versions]
            if removed is not None:
                listed = {item.uri for item in objects}
                removed += [uri for uri, etag, size in known if etag and size and uri not in listed]
        return sorted(unknown, key=lambda item: item.key)

    def _known(
        self, session: WarehouseSession, groups: Sequence[str], within: Sequence[str] | None
    ) -> list[tuple[str, str, int]]:
        """Return address, ETag and size of the files that the ledger has; one that is gone has no ETag.

        :param groups: the groups that they are of.
        :param within: addresses, in order, between whose first and last they are; ``None``: all.
        """
        if within is not None and not within:
            return []
        sql = (
            f"SELECT object_uri, etag, byte_count FROM {quote_identifier(self.source.ledger_table)}"
            " WHERE target_table = :target AND partition_ts = :start_ts"  # the sort key keeps apart the hours' files
        )
        values = {"target": self.source.ledger_target, "start_ts": self.source.partitions()[0].start_ts}
        if within is not None:
            sql += " AND object_uri BETWEEN :uri_from AND :uri_to"
            values |= {"uri_from": within[0], "uri_to": within[-1]}
        if len(groups) < len(GROUPS):
            sql += f" AND SUBSTRING(MD5(object_uri), 1, 2) IN ({', '.join(map(quote_literal, groups))})"
        return [(uri, etag, int(size)) for uri, etag, size in session.rows(put_values(sql, values))]

    def _scan(self, session: WarehouseSession, partition: Partition) -> Scan | None:
        rows = session.rows(
            f"SELECT fingerprint, seconds, DATEDIFF(second, listed_at, GETDATE()), object_count"
            f" FROM {quote_identifier(self.scans_table)} WHERE target_table = %s AND folder_uri = %s",
            (self.source.ledger_target, self._folder(partition)),
        )
        return Scan(rows[0][0], float(rows[0][1]), float(rows[0][2]), int(rows[0][3])) if rows else None

    def _keep(self, session: WarehouseSession, partition: Partition, listing: FolderListing, seconds: float) -> None:
        table = quote_identifier(self.scans_table)
        key = (self.source.ledger_target, self._folder(partition))
        session.run(f"DELETE FROM {table} WHERE target_table = %s AND folder_uri = %s", key)
        session.run(
            f"INSERT INTO {table} (target_table, folder_uri, listed_at, seconds, object_count, fingerprint)"
            " VALUES (%s, %s, GETDATE(), %s, %s, %s)",
            (*key, seconds, listing.count, listing.fingerprint),
        )

    def _folder(self, partition: Partition) -> str:
        return f"s3://{self.source.bucket}/{partition.prefix}"
