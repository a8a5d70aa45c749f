"""Windows of whole hours, and the source partitions that hold them. Pure: no clock, no I/O.

A *window* is what a run loads; a *partition* is the set of files that one load reads and replaces: an hour's
folder in the hourly layout, a day's file in the daily layout. All times are UTC, all ends are exclusive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def hour_label(hour: datetime) -> str:
    """Return the name of an hour's partition, such as ``2018-11-05T13``."""
    return _as_utc(hour).strftime("%Y-%m-%dT%H")


def to_milliseconds(moment: datetime) -> int:
    """Return a moment as milliseconds since 1970 (exact: no float is involved)."""
    return (_as_utc(moment) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Window:
    """A span of whole hours.

    :param start: first hour; a moment without a zone is taken as UTC, one of another zone is converted.
    :param end: the hour after the last one.
    :raises ValueError: when it is reversed, empty, or not made of whole hours.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            moment = _as_utc(getattr(self, name))
            if moment != moment.replace(minute=0, second=0, microsecond=0):
                raise ValueError(
                    f"The window's {name} {moment.isoformat()} is not a whole hour: give it as in 2018-11-05T13:00:00Z."
                )
            object.__setattr__(self, name, moment)
        if self.start >= self.end:
            raise ValueError(
                f"The window {self} is empty or reversed: its end, which is exclusive, must be after its start."
            )

    def __str__(self) -> str:
        return " to ".join(
            f"{moment.replace(tzinfo=None).isoformat(timespec='minutes')}Z" for moment in (self.start, self.end)
        )

    @classmethod
    def from_iso(cls, start: str, end: str) -> Window:
        """Build a window from two ISO 8601 texts.

        :raises ValueError: when one is no ISO 8601 date-time, or when the window is not valid.
        """
        return cls(_parse_iso("start", start), _parse_iso("end", end))

    def to_iso(self) -> tuple[str, str]:
        """Return start and end as ISO 8601 texts, from which :meth:`from_iso` builds the same window."""
        return self.start.isoformat(), self.end.isoformat()

    @property
    def hour_count(self) -> int:
        """How many hours the window has."""
        return (self.end - self.start) // HOUR

    def hours(self) -> Iterator[datetime]:
        """Iterate over the first moments of the window's hours."""
        return (self.start + number * HOUR for number in range(self.hour_count))

    def __iter__(self) -> Iterator[datetime]:
        return self.hours()


@dataclass(frozen=True)
class Partition:
    """A set of source files that is loaded and replaced as one.

    :param label: its name, unique within the source; empty when the source has no partitions.
    :param start: the first moment whose events its files hold, ``None`` when the source has no partitions.
    :param end: the moment after the last one.
    :param prefix: the key prefix of its files: a folder when it ends in ``/`` or is empty, else one file, plain or
        with ``.gz`` after its name.
    """

    label: str
    start: datetime | None
    end: datetime | None
    prefix: str

    @property
    def start_ts(self) -> int:
        """Start in milliseconds since 1970, 0 when the source has no partitions."""
        return to_milliseconds(self.start) if self.start else 0

    @property
    def end_ts(self) -> int:
        """End in milliseconds since 1970, 0 when the source has no partitions."""
        return to_milliseconds(self.end) if self.end else 0

    def holds(self, key: str) -> bool:
        """Say whether a key below the prefix is one of the partition's files.

        A prefix is no file name: ``…/2018-11-05-events.json`` also finds ``…/2018-11-05-events.json.bak``.
        """
        if not key.startswith(self.prefix):
            return False
        return self.prefix.endswith("/") or not self.prefix or key[len(self.prefix) :] in ("", ".gz")


class Layout(Protocol):
    """How a source's files are laid out in its bucket."""

    def partitions(self, window: Window) -> list[Partition]:
        """Return the partitions that hold the window's hours, in order."""


@dataclass(frozen=True)
class HourlyLayout:
    """One folder an hour: ``log_data/2018/11/05/13/``.

    :param prefix: the folder above the years.
    """

    prefix: str

    def partitions(self, window: Window) -> list[Partition]:
        """Return one partition for each hour of the window."""
        root = _as_folder(self.prefix)
        return [Partition(hour_label(hour), hour, hour + HOUR, f"{root}{hour:%Y/%m/%d/%H}/") for hour in window]


@dataclass(frozen=True)
class DailyLayout:
    """One file a day: ``log_data/2018/11/2018-11-05-events.json``, plain or with ``.gz`` after it.

    :param prefix: the folder above the years.
    """

    prefix: str

    def partitions(self, window: Window) -> list[Partition]:
        """Return one partition for each day that the window touches, the whole day each."""
        root = _as_folder(self.prefix)
        first = window.start.replace(hour=0)
        count = -((first - window.end) // DAY)
        days = (first + number * DAY for number in range(count))
        return [
            Partition(f"{day:%Y-%m-%d}", day, day + DAY, f"{root}{day:%Y/%m}/{day:%Y-%m-%d}-events.json")
            for day in days
        ]


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


def _as_folder(prefix: str) -> str:
    return f"{prefix.strip('/')}/" if prefix.strip("/") else ""


def _as_utc(moment: datetime) -> datetime:
    """Return a plain datetime of UTC: Airflow's are pendulum's, whose differences are not timedeltas."""
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return datetime.combine(utc.date(), utc.time(), UTC)


def _parse_iso(name: str, text: str) -> datetime:
    try:
        return _as_utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):  # the latter: the first or last hours of all years, in another zone
        raise ValueError(
            f"The window's {name} {text!r} is no ISO 8601 date-time: give it as in 2018-11-05T13:00:00Z."
        ) from None
