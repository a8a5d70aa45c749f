"""Redshift's arithmetic of dates, written a second time with Python's calendar.

https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, datetime, timedelta

_FIRST_SUNDAY = date(2000, 1, 2)
_EPOCH = datetime(1970, 1, 1)

#: Lengths of the dateparts that have one.
SPANS = {
    "week": timedelta(weeks=1),
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
    "millisecond": timedelta(milliseconds=1),
    "microsecond": timedelta(microseconds=1),
}
_YEARS = {"millennium": 1000, "century": 100, "decade": 10, "year": 1}
_MONTHS = {"quarter": 3, "month": 1}

#: The dateparts that DATEADD, DATEDIFF and DATE_TRUNC take.
PARTS = (*_YEARS, *_MONTHS, *SPANS)

#: What EXTRACT gives.
EXTRACTS: dict[str, Callable[[datetime], int]] = {
    "millennium": lambda at: (at.year - 1) // 1000 + 1,
    "century": lambda at: (at.year - 1) // 100 + 1,
    "decade": lambda at: at.year // 10 + 1,
    "year": lambda at: at.year,
    "quarter": lambda at: (at.month - 1) // 3 + 1,
    "month": lambda at: at.month,
    "week": lambda at: at.isocalendar().week,
    "dow": lambda at: at.isoweekday() % 7,
    "doy": lambda at: at.timetuple().tm_yday,
    "day": lambda at: at.day,
    "hour": lambda at: at.hour,
    "minute": lambda at: at.minute,
    "second": lambda at: at.second,
    "millisecond": lambda at: at.microsecond // 1000,
    "microsecond": lambda at: at.microsecond,
}


def add(part: str, amount: int, at: datetime) -> datetime:
    """Return DATEADD: months end where they end, and a leap day plus years is the first of March."""
    if part in SPANS:
        return at + amount * SPANS[part]
    if part in _YEARS:
        year = at.year + amount * _YEARS[part]
        if (at.month, at.day) == (2, 29) and not calendar.isleap(year):
            return at.replace(year=year, month=3, day=1)
        return at.replace(year=year)
    months = at.year * 12 + at.month - 1 + amount * _MONTHS[part]
    year, month = months // 12, months % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


def add_months(at: datetime, amount: int) -> datetime:
    """Return ADD_MONTHS, which keeps to the last day of the month."""
    result = add("month", amount, at)
    is_last = (at + timedelta(days=1)).day == 1
    return result.replace(day=calendar.monthrange(result.year, result.month)[1]) if is_last else result


def difference(part: str, first: datetime, last: datetime) -> int:
    """Return DATEDIFF: how many boundaries are between two times."""
    return _number(part, last) - _number(part, first)


def _number(part: str, at: datetime) -> int:
    if part in ("millennium", "century"):
        return (at.year - 1) // _YEARS[part]
    if part in _YEARS:
        return at.year // _YEARS[part]
    if part in _MONTHS:
        return (at.year * 12 + at.month - 1) // _MONTHS[part]
    if part == "week":
        return (at.date() - _FIRST_SUNDAY).days // 7
    return (at - _EPOCH) // SPANS[part]


def truncate(part: str, at: datetime) -> datetime:
    """Return DATE_TRUNC: weeks begin on Monday, centuries and millennia with their year 1."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if part in ("millennium", "century"):
        return midnight.replace(year=(at.year - 1) // _YEARS[part] * _YEARS[part] + 1, month=1, day=1)
    if part in _YEARS:
        return midnight.replace(year=at.year // _YEARS[part] * _YEARS[part], month=1, day=1)
    if part in _MONTHS:
        return midnight.replace(month=(at.month - 1) // _MONTHS[part] * _MONTHS[part] + 1, day=1)
    if part == "week":
        return midnight - timedelta(days=at.weekday())
    return _EPOCH + (at - _EPOCH) // SPANS[part] * SPANS[part]
