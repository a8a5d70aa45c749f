"""The source partitions that hold a window's hours. Pure: no clock, no I/O.

A *partition* is the set of files that one load reads and replaces: an hour's folder in the hourly layout, a day's file
in the daily layout. All times are UTC, all ends are exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from typing import Protocol

from sparkify.hooks.s3_object import S3Object
from sparkify.source.data_files import ClassifiedObjects, classify_objects
from sparkify.windows import DAY, HOUR, Window, hour_label, to_milliseconds

#: The years before have no four digits in what strftime makes of them, and the last hour of 9999 has no end. Both ends
#: of the calendar stand for "never" in many a system.
_FIRST_YEAR = 1000


@dataclass(frozen=True)
class Partition:
    """A set of source files that is loaded and replaced as a whole.

    :param label: its name, unique within the source; empty when the source has no partitions.
    :param start: the first moment whose events its files hold, ``None`` when the source has no partitions.
    :param end: the moment after the last one.
    :param prefix: how the keys of all its files begin.
    :param endings: a regular expression for the rest of their keys; empty: anything.
    """

    label: str
    start: datetime | None
    end: datetime | None
    prefix: str
    endings: str = ""

    @property
    def start_ts(self) -> int:
        """Start in milliseconds since 1970, 0 when the source has no partitions."""
        return to_milliseconds(self.start) if self.start else 0

    @property
    def end_ts(self) -> int:
        """End in milliseconds since 1970, 0 when the source has no partitions."""
        return to_milliseconds(self.end) if self.end else 0

    def classify_files(self, objects: Iterable[S3Object]) -> ClassifiedObjects:
        """Return the partition's files, and the unusable objects, among those below its prefix.

        :param objects: objects whose keys begin with its prefix.
        """
        found = classify_objects(objects, self.prefix)
        if self.endings:
            fits = re.compile(self.endings, re.IGNORECASE)
            found.data = [item for item in found.data if fits.fullmatch(item.key, len(self.prefix))]
        return found

    def files(self, objects: Iterable[S3Object]) -> list[S3Object]:
        """Return the partition's files among objects whose keys begin with its prefix."""
        return self.classify_files(objects).data


class Layout(Protocol):
    """How a source's files are laid out in its bucket."""

    @property
    def root(self) -> str:
        """The folder above the years, ending in ``/`` unless it is the bucket itself."""

    def partitions(self, window: Window) -> list[Partition]:
        """Return the partitions that hold the window's hours, in order."""

    def partition_of(self, path: str) -> Partition | None:
        """Return the partition that an object belongs to by its key, ``None`` when there is none.

        :param path: the key below the root.
        """

    def is_branch(self, folder: str) -> bool:
        """Return whether a folder holds folders of partitions or, in layouts of files, partitions.

        :param folder: its key below the root, ending in ``/``; the root itself is a branch.
        """

    def is_partition(self, folder: str) -> bool:
        """Return whether a folder is a partition."""


@dataclass(frozen=True)
class HourlyLayout:
    """One folder an hour: ``log_data/2018/11/05/13/``. Everything below it, at any depth, belongs to the hour.

    :param prefix: the folder above the years.
    """

    prefix: str

    @property
    def root(self) -> str:
        """The folder above the years."""
        return as_folder(self.prefix)

    def partitions(self, window: Window) -> list[Partition]:
        """Return one partition for each hour of the window."""
        return [self._partition(hour) for hour in window]

    def partition_of(self, path: str) -> Partition | None:
        """Return the hour whose folder an object is in."""
        parts = path.split("/")
        hour = _moment(parts[:4]) if len(parts) > 4 else None
        return self._partition(hour) if hour else None

    def is_branch(self, folder: str) -> bool:
        """Return whether a folder is a year's, a month's or a day's."""
        parts = folder.split("/")[:-1]
        return len(parts) < 4 and _moment(parts) is not None

    def is_partition(self, folder: str) -> bool:
        """Return whether a folder is an hour's."""
        parts = folder.split("/")[:-1]
        return len(parts) == 4 and _moment(parts) is not None

    def _partition(self, hour: datetime) -> Partition:
        return Partition(hour_label(hour), hour, hour + HOUR, f"{self.root}{hour:%Y/%m/%d/%H}/")


#: How a day's file may be named after its date: ``-events.json``, in numbered parts (``-events-2``, ``-events_part02``)
#: and with a compression's suffix. A copy (``.bak``, ``(1)``) is not one: its plays would count twice.
DAILY_ENDINGS = r"-events(?:[-_.](?:part[-_.]?)?[0-9]+)?\.(?:json|jsonl|ndjson)(?:\.(?:gz|gzip|bz2|bzip2|zst|zstd))?"


@dataclass(frozen=True)
class DailyLayout:
    """One file a day, or several: ``log_data/2018/11/2018-11-05-events.json``; see :data:`DAILY_ENDINGS`.

    :param prefix: the folder above the years.
    """

    prefix: str

    @property
    def root(self) -> str:
        """The folder above the years."""
        return as_folder(self.prefix)

    def partitions(self, window: Window) -> list[Partition]:
        """Return one partition for each day that the window touches, the whole day each."""
        first = window.start.replace(hour=0)
        count = -((first - window.end) // DAY)
        return [self._partition(first + number * DAY) for number in range(count)]

    def partition_of(self, path: str) -> Partition | None:
        """Return the day whose file an object is."""
        year, _, rest = path.partition("/")
        month, _, name = rest.partition("/")
        day = _moment(name[:10].split("-")) if name[:8] == f"{year}-{month}-" else None
        fits = re.fullmatch(DAILY_ENDINGS, name[10:], re.IGNORECASE)
        return self._partition(day) if day and fits else None

    def is_branch(self, folder: str) -> bool:
        """Return whether a folder is a year's or a month's."""
        parts = folder.split("/")[:-1]
        return len(parts) < 3 and _moment(parts) is not None

    def is_partition(self, folder: str) -> bool:
        """Return False: a day is not a folder."""
        return False

    def _partition(self, day: datetime) -> Partition:
        prefix = f"{self.root}{day:%Y/%m}/{day:%Y-%m-%d}"
        return Partition(f"{day:%Y-%m-%d}", day, day + DAY, prefix, DAILY_ENDINGS)


_LAYOUTS: dict[str, Callable[[str], Layout]] = {"hourly": HourlyLayout, "daily": DailyLayout}


def layout_from_name(name: str, prefix: str) -> Layout:
    """Return the layout of a name.

    :param name: ``hourly`` or ``daily``.
    :param prefix: the folder above the years.
    :raises ValueError: for another name.
    """
    if name not in _LAYOUTS:
        raise ValueError(f"There is no layout {name!r}; choose one of {', '.join(_LAYOUTS)}.")
    return _LAYOUTS[name](prefix)


def layouts(prefix: str) -> dict[str, Layout]:
    """Return all layouts by their names.

    :param prefix: the folder above the years.
    """
    return {name: layout(prefix) for name, layout in _LAYOUTS.items()}


def as_folder(prefix: str) -> str:
    """Return a prefix as a folder's key: ending in one ``/``, or empty for the whole bucket."""
    return f"{prefix.strip('/')}/" if prefix.strip("/") else ""


def _moment(parts: Sequence[str]) -> datetime | None:
    """Return the first moment of a year, month, day or hour, ``None`` when it does not exist or has other digits than
    these.

    :param parts: year, month, day and hour, or the first of them, or nothing.
    """
    widths = (4, 2, 2, 2)
    if [len(part) for part in parts] != list(widths[: len(parts)]) or not "".join(parts).isascii():
        return None
    if not all(map(str.isdigit, parts)):
        return None
    year, month, day, hour = [*map(int, parts), *(_FIRST_YEAR, 1, 1, 0)[len(parts) :]]
    if not _FIRST_YEAR <= year < MAXYEAR:
        return None
    try:
        return datetime(year, month, day, hour, tzinfo=UTC)
    except ValueError:
        return None
