"""Which hours of a source differ from what was loaded, and the windows that load them again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sparkify.hooks.s3_object import S3Object
from sparkify.ledger.ledger import LoadedHours
from sparkify.source.partitions import Partition
from sparkify.windows import DAY, HOUR, Window


@dataclass(frozen=True)
class HourChange:
    """How an hour's files differ from those it was loaded from.

    :param hour: its first moment.
    :param is_loaded: whether the ledger has the hour.
    :param changed: files with another ETag than the loaded one, and that ETag.
    :param appeared: files that were not there, or not loaded.
    :param removed: addresses of files that are gone.
    """

    hour: datetime
    is_loaded: bool
    changed: Sequence[tuple[S3Object, str]] = ()
    appeared: Sequence[S3Object] = ()
    removed: Sequence[str] = ()

    @property
    def kind(self) -> str:
        """The most important difference: ``unloaded``, ``removed``, ``changed`` or ``appeared``."""
        if not self.is_loaded:
            return "unloaded"
        return "removed" if self.removed else "changed" if self.changed else "appeared"

    def describe(self) -> list[str]:
        """Return a line for each file."""
        label = f"{self.hour:%Y-%m-%dT%H}  {self.kind:<8}"
        lines = [f"{label}  {item.uri}  ETag {etag} is now {item.etag}" for item, etag in self.changed]
        lines += [f"{label}  {item.uri}  is new, ETag {item.etag}, {item.last_modified}" for item in self.appeared]
        return lines + [f"{label}  {uri}  is gone" for uri in self.removed]


def compare(
    listing: Mapping[Partition, Sequence[S3Object]],
    loaded: LoadedHours,
    window: Window,
) -> list[HourChange]:
    """Return the hours of a window whose files differ from those that they were loaded from, in order.

    :param listing: the files of the partitions that hold the window's hours; a day's file belongs to 24 of them.
    :param loaded: what the ledger has of the window's hours.
    :param window: the hours to compare.
    """
    changes = []
    for partition, objects in listing.items():
        for hour in _common_hours(partition, window):
            changes.append(_compare_hour(hour, hour in loaded.hours, loaded.files.get(hour, {}), objects))
    return sorted((change for change in changes if _differs(change)), key=lambda change: change.hour)


def _common_hours(partition: Partition, window: Window) -> list[datetime]:
    """Return the hours of a window that a partition holds; a source without partitions holds none."""
    if partition.start is None or partition.end is None:
        return []
    first, end = max(partition.start, window.start), min(partition.end, window.end)
    return [first + number * HOUR for number in range((end - first) // HOUR)]


def merge_hours(hours: Iterable[datetime], max_hours: int) -> list[Window]:
    """Return as few windows as possible that hold exactly these hours.

    :param hours: first moments of hours, in any order.
    :param max_hours: the longest window.
    """
    windows: list[Window] = []
    for hour in sorted(set(hours)):
        last = windows[-1] if windows else None
        if last is not None and last.end == hour and last.hour_count < max_hours:
            windows[-1] = Window(last.start, hour + HOUR)
        else:
            windows.append(Window(hour, hour + HOUR))
    return windows


def hours_of_label(label: str) -> list[datetime]:
    """Return the hours of a partition's name: ``2018-11-05T13`` is one, ``2018-11-05`` has 24.

    :raises ValueError: when it is neither.
    """
    start = datetime.fromisoformat(f"{label}:00" if "T" in label else label).replace(tzinfo=UTC)
    return [start] if "T" in label else [start + number * HOUR for number in range(DAY // HOUR)]


def _compare_hour(hour: datetime, is_loaded: bool, known: Mapping[str, str], objects: Sequence[S3Object]) -> HourChange:
    return HourChange(
        hour,
        is_loaded,
        [(item, known[item.uri]) for item in objects if known.get(item.uri, item.etag) != item.etag],
        [item for item in objects if item.uri not in known],
        sorted(known.keys() - {item.uri for item in objects}),
    )


def _differs(change: HourChange) -> bool:
    return bool(change.changed or change.appeared or change.removed)
