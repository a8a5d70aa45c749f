"""A source in S3 as a task is to stage it: its partitions, their files, and what the ledger knows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkify.source.data_files import ClassifiedObjects
from sparkify.source.partitions import Layout, Partition, as_folder
from sparkify.source.unclaimed import Unclaimed, find_unclaimed
from sparkify.windows import Window

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.source_object import SourceObject
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.ledger.ledger import Ledger

Listing = Mapping[Partition, Sequence["SourceObject"]]


@dataclass(frozen=True)
class Source:
    """What to stage.

    :param bucket: its bucket.
    :param prefix: its folder in the bucket.
    :param layout: how the folder is partitioned; ``None`` makes it one partition without a name.
    :param window: the hours whose partitions are meant; needed with a layout.
    :param ledger: what was loaded of the source before; ``None`` asks no ledger.
    :param others: folders of the bucket that hold something else, in case they lie below the source's.
    """

    bucket: str
    prefix: str
    layout: Layout | None = None
    window: Window | None = None
    ledger: Ledger | None = None
    others: Sequence[str] = ()

    def partitions(self) -> list[Partition]:
        """Return the partitions to stage, in order."""
        if self.layout is not None and self.window is not None:
            return self.layout.partitions(self.window)
        return [Partition("", None, None, as_folder(self.prefix))]

    def list(self, store: ObjectStore) -> Listing:
        """Return the files of each partition."""
        return {partition: found.data for partition, found in self._sorted(store)}

    def survey(self, store: ObjectStore) -> tuple[Listing, Unclaimed]:
        """Return the files of each partition, and the objects on the way to them that belong to none."""
        found = self._sorted(store)
        unusable = [item for _, sorted_objects in found for item in sorted_objects.unusable]
        unclaimed = Unclaimed.of(unusable)
        if self.layout is not None:
            unclaimed += find_unclaimed(store, self.bucket, self.layout, self.window, self.others)
        return {partition: sorted_objects.data for partition, sorted_objects in found}, unclaimed

    def _sorted(self, store: ObjectStore) -> Sequence[tuple[Partition, ClassifiedObjects]]:
        partitions = self.partitions()
        listings = store.list_prefixes(self.bucket, [partition.prefix for partition in partitions])
        return [
            (partition, partition.classify_files(listing))
            for partition, listing in zip(partitions, listings, strict=True)
        ]

    def removed_files(self, session: WarehouseSession, listing: Listing) -> Sequence[str]:
        """Return the URIs of the files that the partitions were loaded from before and that are gone.

        An empty file is not missed: it brought no rows, and may have been a folder's marker.
        """
        if self.ledger is None or self.layout is None:
            return []
        start_ts = min(partition.start_ts for partition in listing)
        end_ts = max(partition.end_ts for partition in listing)
        known = self.ledger.filled_files(session, start_ts, end_ts)
        return sorted(known - {item.uri for objects in listing.values() for item in objects})
