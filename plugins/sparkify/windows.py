"""Windows of whole hours. Pure: no clock, no I/O.

A *window* is what a run loads. All times are UTC, all ends are exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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

    @classmethod
    def parse(cls, text: str) -> Window:
        """Build a window from its text, ``2018-11-05T13:00Z to 2018-11-05T14:00Z``, as ``str()`` gives it.

        :raises ValueError: when it is not such a text, or when the window is not valid.
        """
        start, separator, end = text.partition(" to ")
        if not separator:
            raise ValueError(
                f"The window {text!r} is not two date-times: give it as in 2018-11-05T13:00Z to 2018-11-05T14:00Z."
            )
        return cls.from_iso(start, end)

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
