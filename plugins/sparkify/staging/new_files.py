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
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkify.ledger.ledger import KeptListing, Ledger, LoadedFile
from sparkify.source.data_files import UnclaimedObject
from sparkify.source.folder_listing import GROUPS, FolderListing
from sparkify.source.partitions import Partition
from sparkify.source.unclaimed import Unclaimed
from sparkify.staging.source_files import FilesToStage, Source

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.s3_object import S3Object
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
class NewFiles:
    """Finds the new and changed files of a source that is one folder.

    :param source: the source.
    :param ledger: what was loaded of it before.
    :param listing_share: the share of time that listing may take, above 0 and up to 1; 0 lists every time.
    """

    source: Source
    ledger: Ledger
    listing_share: float = 0

    def find(self, session: WarehouseSession, store: ObjectStore) -> FilesToStage:
        """Return the new and changed files, and what else the listing shows."""
        partition = self.source.folder
        kept = self.ledger.kept_listing(session, self._folder(partition))
        if kept and self._is_recent(kept):
            log.info(
                "Nothing was new in %s %.0f s ago. Listing it takes %.1f s, so it is not listed again within %.0f s.",
                self._folder(partition),
                kept.age,
                kept.seconds,
                kept.seconds / self.listing_share,
            )
            return FilesToStage({partition: []})
        started = time.monotonic()
        listing, unclaimed = self._list(store, partition)
        unclaimed.warn(log)
        seconds = time.monotonic() - started
        log.info("Listed %s files of %s in %.1f s.", f"{listing.count:,}", self._folder(partition), seconds)
        if kept and listing.count < _WORTH_SKIPPING and not listing.changed_groups(kept.fingerprint):
            return FilesToStage({partition: []}, unclaimed)
        return FilesToStage({partition: self._compare(session, partition, listing, seconds)}, unclaimed)

    def find_all(self, session: WarehouseSession, store: ObjectStore) -> FilesToStage:
        """Return the new and changed files, and those that are gone: the folder is listed and compared with the ledger.

        A file that was loaded without any bytes is not missed: it brought no rows.
        """
        partition = self.source.folder
        listing, unclaimed = self._list(store, partition)
        unclaimed.warn(log)
        removed: list[str] = []
        unknown = self._unknown(session, listing, GROUPS, removed)
        return FilesToStage({partition: unknown}, unclaimed, tuple(sorted(removed)))

    def peek(self, session: WarehouseSession, store: ObjectStore) -> list[S3Object]:
        """Return the new and changed files, and keep nothing of the listing."""
        listing, unclaimed = self._list(store, self.source.folder)
        unclaimed.warn(log)
        return self._unknown(session, listing, GROUPS)

    def _list(self, store: ObjectStore, partition: Partition) -> tuple[FolderListing, Unclaimed]:
        listing, unusable = FolderListing(self.source.bucket), list[UnclaimedObject]()

        def add(page: Sequence[S3Object]) -> None:
            found = partition.classify_files(page)
            listing.add(found.data)
            unusable.extend(found.unusable)

        store.scan_folder(self.source.bucket, partition.prefix, add)
        if not listing.count:
            log.info("There are no files in %s.", self._folder(partition))
        return listing, Unclaimed.of(unusable)

    def _compare(
        self, session: WarehouseSession, partition: Partition, listing: FolderListing, seconds: float
    ) -> list[S3Object]:
        if listing.count < _WORTH_KEEPING:
            return self._unknown(session, listing, GROUPS)
        folder = self._folder(partition)
        with session.transaction(lock=self.ledger.lock):  # no run loads a file between reading the ledger and this
            kept = self.ledger.kept_listing(session, folder)
            unknown = self._unknown(session, listing, listing.changed_groups(kept.fingerprint if kept else None))
            if not unknown:
                now = KeptListing(listing.fingerprint, seconds, age=0, count=listing.count)
                self.ledger.keep_listing(session, folder, now)
        return unknown

    def _unknown(
        self,
        session: WarehouseSession,
        listing: FolderListing,
        groups: Sequence[str],
        removed: list[str] | None = None,
    ) -> list[S3Object]:
        """Return the files of some groups that the ledger does not have in this version, and add those that are gone.

        :param removed: takes the addresses of files that the ledger has and the listing has not, if they are wanted.
        """
        at_once = len(GROUPS) if listing.count <= _SMALL else _GROUPS_AT_ONCE
        unknown: list[S3Object] = []
        for first in range(0, len(groups), at_once):
            batch = groups[first : first + at_once]
            objects = listing.objects(batch)
            known = self._known(session, batch, objects, is_all=removed is not None)
            versions = {(file.uri, file.etag) for file in known}
            unknown += [item for item in objects if (item.uri, item.etag) not in versions]
            if removed is not None:
                listed = {item.uri for item in objects}
                removed += [file.uri for file in known if file.etag and file.size and file.uri not in listed]
        return sorted(unknown, key=lambda item: item.key)

    def _known(
        self, session: WarehouseSession, groups: Sequence[str], objects: Sequence[S3Object], *, is_all: bool
    ) -> list[LoadedFile]:
        """Return the files that the ledger has of some groups.

        :param objects: the listed files of the groups, in the order of their addresses.
        :param is_all: whether all files of the ledger are wanted, not only those between the first and last listed.
        """
        some = None if len(groups) == len(GROUPS) else groups
        if is_all:
            return self.ledger.folder_files(session, groups=some)
        if not objects:
            return []
        return self.ledger.folder_files(session, within=(objects[0].uri, objects[-1].uri), groups=some)

    def _is_recent(self, kept: KeptListing) -> bool:
        """Return whether a kept listing is taken for the present one, so that listing takes only its share of time."""
        is_large = kept.count >= _WORTH_SKIPPING
        return is_large and self.listing_share > 0 and kept.age < kept.seconds / self.listing_share

    def _folder(self, partition: Partition) -> str:
        return f"s3://{self.source.bucket}/{partition.prefix}"
