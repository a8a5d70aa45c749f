"""Sources in S3: folders of files, with or without partitions, and what a task finds in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sparkify.source.data_files import ClassifiedObjects
from sparkify.source.partitions import Layout, Partition, as_folder, layout_from_name
from sparkify.source.unclaimed import Unclaimed, find_unclaimed
from sparkify.templated import Templated
from sparkify.windows import Window

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.s3_object import S3Object
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.ledger.ledger import Ledger

Listing = Mapping[Partition, Sequence["S3Object"]]


@dataclass(frozen=True)
class FilesToStage:
    """What a task is to stage.

    :param listing: the files of each partition.
    :param unclaimed: objects on the way to them that cannot be loaded.
    :param removed: addresses of files that were loaded and are gone, as far as they were looked for.
    """

    listing: Listing
    unclaimed: Unclaimed = field(default_factory=Unclaimed)
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source(Templated):
    """A folder of files in a bucket, which are only read.

    :param bucket: the bucket.
    :param prefix: the folder.
    :param region: the bucket's region, when it is not the warehouse's own.
    :raises ValueError: when there is no bucket.
    """

    template_fields = ("bucket", "prefix")

    bucket: str
    prefix: str
    region: str | None = None

    def __post_init__(self) -> None:
        if not self.bucket:
            raise ValueError(f"bucket of the source {self.prefix!r} is empty: name the bucket that holds it.")

    @property
    def folder(self) -> Partition:
        """The whole folder, as one partition without a name."""
        return Partition("", None, None, as_folder(self.prefix))


@dataclass(frozen=True)
class PartitionedSource(Source):
    """A folder whose files belong to hours or days.

    :param layout: ``hourly`` or ``daily``, see :mod:`sparkify.source.partitions`.
    :param other_prefixes: folders of the bucket that hold something else, in case they lie below this one.
    :raises ValueError: when there is no such layout.
    """

    layout: str = "hourly"
    other_prefixes: Sequence[str] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        layout_from_name(self.layout, self.prefix)

    def partitions(self, window: Window) -> list[Partition]:
        """Return the partitions that hold a window's hours, in order."""
        return self._layout.partitions(window)

    def list_files(self, store: ObjectStore, window: Window) -> Listing:
        """Return the files of each partition of a window."""
        return {partition: found.data for partition, found in self._sorted(store, window)}

    def list_with_unclaimed(self, store: ObjectStore, window: Window) -> tuple[Listing, Unclaimed]:
        """Return the files of each partition of a window, and the objects on the way to them that belong to none."""
        found = self._sorted(store, window)
        unusable = Unclaimed.of([item for _, sorted_objects in found for item in sorted_objects.unusable])
        listing = {partition: sorted_objects.data for partition, sorted_objects in found}
        return listing, unusable + self.find_unclaimed(store, window)

    def find_unclaimed(self, store: ObjectStore, window: Window | None = None) -> Unclaimed:
        """Return the objects that belong to no partition.

        :param window: looks only on the way to the partitions of a window; ``None``: in the whole folder.
        """
        return find_unclaimed(store, self.bucket, self._layout, window, self.other_prefixes)

    def removed_files(self, session: WarehouseSession, ledger: Ledger, listing: Listing) -> Sequence[str]:
        """Return the URIs of the files that partitions were loaded from before and that are gone.

        An empty file is not missed: it brought no rows, and may have been a folder's marker.

        :param listing: the partitions' files as they are now.
        """
        start_ts = min(partition.start_ts for partition in listing)
        end_ts = max(partition.end_ts for partition in listing)
        known = ledger.filled_files(session, start_ts, end_ts)
        return sorted(known - {item.uri for objects in listing.values() for item in objects})

    @property
    def _layout(self) -> Layout:
        return layout_from_name(self.layout, self.prefix)

    def _sorted(self, store: ObjectStore, window: Window) -> Sequence[tuple[Partition, ClassifiedObjects]]:
        partitions = self.partitions(window)
        listings = store.list_prefixes(self.bucket, [partition.prefix for partition in partitions])
        return [
            (partition, partition.classify_files(listing))
            for partition, listing in zip(partitions, listings, strict=True)
        ]
