"""A date, a time or both, checked: what the readers of dates and times return.

Ranges: https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html#r_Datetime_types-storage-and-ranges
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass

#: Years, with 0 for 1 BC and -1 for 2 BC: "4713 BC to 294276 AD".
_FIRST_YEAR, _LAST_YEAR = -4712, 294_276

#: The Julian day of 1970-01-01.
_EPOCH_DAY = 2_440_588
_MICROSECONDS_A_DAY = 86_400_000_000


class InvalidMomentError(ValueError):
    """A text is not a date or time, or is out of range."""


@dataclass(frozen=True)
class Moment:
    """A day and a time of day, as written.

    :param year: 0 is 1 BC, -1 is 2 BC.
    :param microsecond: of the second.
    :param zone: an offset such as ``+05:30``, a zone's name or abbreviation; None when there is none.
    """

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    microsecond: int = 0
    zone: str | None = None

    def __post_init__(self) -> None:
        """Check the ranges.

        :raises InvalidMomentError: when there is no such day or time.
        """
        if not (_FIRST_YEAR <= self.year <= _LAST_YEAR and 1 <= self.month <= 12):
            raise InvalidMomentError
        if not 1 <= self.day <= days_of_month(self.year, self.month):
            raise InvalidMomentError
        if not (0 <= self.hour <= 24 and 0 <= self.minute <= 59 and 0 <= self.second <= 60):
            raise InvalidMomentError
        if self.hour == 24 and (self.minute or self.second or self.microsecond):
            raise InvalidMomentError

    @property
    def date(self) -> str:
        """The day, as PostgreSQL reads it under every DateStyle."""
        return f"{self._day}{self._era}"

    @property
    def time(self) -> str:
        """The time of day."""
        fraction = f".{self.microsecond:06}" if self.microsecond else ""
        return f"{self.hour:02}:{self.minute:02}:{self.second:02}{fraction}"

    @property
    def timestamp(self) -> str:
        """The day and the time of day, without the zone."""
        return f"{self._day} {self.time}{self._era}"

    @property
    def timestamp_with_zone(self) -> str:
        """The day and the time of day with the zone; without one it is a time of the session's zone."""
        zone = f" {self.zone}" if self.zone else ""
        return f"{self._day} {self.time}{zone}{self._era}"

    @property
    def time_with_zone(self) -> str:
        """The time of day with the zone."""
        return f"{self.time} {self.zone}" if self.zone else self.time

    @property
    def _day(self) -> str:
        year = self.year if self.year > 0 else 1 - self.year
        return f"{year:04}-{self.month:02}-{self.day:02}"

    @property
    def _era(self) -> str:
        return "" if self.year > 0 else " BC"


def days_of_month(year: int, month: int) -> int:
    """Return how many days a month has; the Gregorian calendar repeats itself every 400 years."""
    return monthrange(2000 + year % 400, month)[1]


def of_julian_day(number: int) -> tuple[int, int, int]:
    """Return year, month and day of a Julian day.

    :raises InvalidMomentError: when it is before the first day or far after the last.
    """
    if not 0 <= number <= 120_000_000:
        raise InvalidMomentError
    # Years begin with March here: the leap day is their last.
    cycles, day = divmod(number - 1_721_120, 146_097)
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day_of_month = day - (153 * month + 2) // 5 + 1
    return year + cycles * 400 + month // 10, (month + 2) % 12 + 1, day_of_month


def julian_day(year: int, month: int, day: int) -> int:
    """Return a date's Julian day."""
    since_march = (month - 3) % 12
    year -= month < 3
    return day - 1 + (153 * since_march + 2) // 5 + 365 * year + year // 4 - year // 100 + year // 400 + 1_721_120


def of_epoch(microseconds: int) -> Moment:
    """Return the moment so long after the beginning of 1970 in UTC.

    :raises InvalidMomentError: when it is out of range.
    """
    days, rest = divmod(microseconds, _MICROSECONDS_A_DAY)
    year, month, day = of_julian_day(days + _EPOCH_DAY)
    seconds, microsecond = divmod(rest, 1_000_000)
    return Moment(year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, microsecond, "+00")
