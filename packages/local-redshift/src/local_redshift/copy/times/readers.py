"""Dates and times of COPY: how a text is read, with and without DATEFORMAT and TIMEFORMAT.

Contract: pure. A text becomes what PostgreSQL reads the same way under every DateStyle; a time without a zone for a
column with one is in the session's zone, as in SQL.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#copy-timeformat
https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal

from local_redshift.copy.times.formats import BadFormat, compile_format, read_by_format
from local_redshift.copy.times.literals import read_moment, read_time
from local_redshift.copy.times.moments import InvalidMomentError, Moment, of_epoch
from local_redshift.copy.times.zones import offset
from local_redshift.wire.errors import RedshiftError

#: Turns a text without blanks around it into a field; None when it is not a date or time.
Reader = Callable[[str], str | None]

AUTO = "auto"
#: How many microseconds one unit has.
EPOCHS = {"epochsecs": 1_000_000, "epochmillisecs": 1_000}

#: The default format for timestamps: the offset is for columns with a zone, the others ignore it.
_DEFAULT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?\s?([+-]\d{1,2}(?::?\d{2})?)?", re.ASCII)
#: ISO 8601, as most texts are written.
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)
_EPOCH = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
#: "Special datetime values" are evaluated when the row is stored.
_SPECIAL = frozenset(("now", "today", "tomorrow", "yesterday"))


def check_formats(date_format: str | None, time_format: str | None) -> None:
    """Check the texts of DATEFORMAT and TIMEFORMAT.

    :raises RedshiftError: when one is not a format.
    """
    for word, text, words in (("DATEFORMAT", date_format, ()), ("TIMEFORMAT", time_format, EPOCHS)):
        if text is None or text == AUTO or text in words:
            continue
        try:
            compile_format(text)
        except BadFormat as error:
            raise RedshiftError("22023", f"Invalid {word} '{text}'.", hint=str(error)) from None


def shown_format(time_format: str | None, *, with_zone: bool) -> str:
    """Return how the load-error tables name the format of a timestamp."""
    return time_format or f"YYYY-MM-DD HH24:MI:SS{'OF' if with_zone else ''}"


def date_reader(date_format: str | None, date_order: str) -> Reader:
    """Return what reads the texts of a DATE column.

    :param date_format: DATEFORMAT's text; None for the default format ``YYYY-MM-DD``.
    :param date_order: the session's, of DateStyle: MDY, DMY or YMD.
    """
    if date_format is None:
        return _default_date
    if date_format == AUTO:
        return _or_none(lambda text: text if text.lower() in _SPECIAL else read_moment(text, date_order).date)
    return _or_none(lambda text: read_by_format(text, date_format).date)


def timestamp_reader(time_format: str | None, date_order: str, *, with_zone: bool) -> Reader:
    """Return what reads the texts of a TIMESTAMP or TIMESTAMPTZ column.

    :param time_format: TIMEFORMAT's text; None for the default format ``YYYY-MM-DD HH:MI:SS[OF]``.
    :param date_order: the session's, of DateStyle: MDY, DMY or YMD.
    :param with_zone: whether the column has a zone; "time zone values in input strings are ignored" where it has none.
    """
    written = _with_zone if with_zone else _without_zone
    if time_format is None:
        return lambda text: _plain_timestamp(_DEFAULT, text, with_zone=with_zone)
    if time_format in EPOCHS:
        unit = EPOCHS[time_format]
        return _or_none(lambda text: written(_read_epoch(text, unit)))
    if time_format == AUTO:
        recognize = _or_none(lambda text: text if text.lower() in _SPECIAL else written(read_moment(text, date_order)))
        return lambda text: _plain_timestamp(_ISO, text, with_zone=with_zone) or recognize(text)
    return _or_none(lambda text: written(read_by_format(text, time_format)))


def time_reader(date_order: str, *, with_zone: bool) -> Reader:
    """Return what reads the texts of a TIME or TIMETZ column, in all the forms of SQL: TIMEFORMAT is for timestamps.

    https://docs.aws.amazon.com/redshift/latest/dg/r_Date_and_time_literals.html#r_Date_and_time_literals-times

    :param date_order: the session's, of DateStyle: MDY, DMY or YMD.
    :param with_zone: whether the column has a zone.
    """

    def read(text: str) -> str:
        found = read_time(text, date_order)
        return found.time_with_zone if with_zone else found.time

    return _or_none(read)


def _or_none(read: Callable[[str], str]) -> Reader:
    def read_or_none(text: str) -> str | None:
        try:
            return read(text)
        except InvalidMomentError:
            return None

    return read_or_none


def _with_zone(moment: Moment) -> str:
    return moment.timestamp_with_zone


def _without_zone(moment: Moment) -> str:
    return moment.timestamp


def _default_date(text: str) -> str | None:
    day = text[:10]
    if len(text) > 10 and _plain_timestamp(_DEFAULT, text, with_zone=False) is None:
        return None
    return day if len(day) == 10 and day[4] == day[7] == "-" and _is(date, day) else None


def _plain_timestamp(pattern: re.Pattern[str], text: str, *, with_zone: bool) -> str | None:
    """Return a timestamp that has the form of a pattern, nearly unchanged; None when it does not have it."""
    # most texts are exactly this, and every pattern has it
    if len(text) == 19 and text[4] == text[7] == "-" and text[10] == " " and text[13] == text[16] == ":":
        return text if _is(datetime, text) else None
    found = pattern.fullmatch(text)
    if found is None or not _is(datetime, text[:19]):
        return None
    fraction, zone = found.groups()
    if zone == "Z":
        zone = "+00"
    if zone and offset(zone) is None:
        return None
    fraction = fraction.ljust(7, "0") if fraction else ""
    return f"{text[:10]} {text[11:19]}{fraction}{zone if zone and with_zone else ''}"


def _is(kind: type[date], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def _read_epoch(text: str, unit: int) -> Moment:
    if not _EPOCH.fullmatch(text):
        raise InvalidMomentError
    return of_epoch(int((Decimal(text) * unit).to_integral_value(ROUND_FLOOR)))
