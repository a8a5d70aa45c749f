"""Dates and times of COPY: TIMEFORMAT and DATEFORMAT.

https://docs.aws.amazon.com/redshift/latest/dg/r_DATEFORMAT_and_TIMEFORMAT_strings.html
https://docs.aws.amazon.com/redshift/latest/dg/automatic-recognition.html
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1)

#: Longest first, so that HH24 is not read as HH.
_PARTS = {
    "YYYY": "%Y",
    "HH24": "%H",
    "HH12": "%I",
    "MON": "%b",
    "SSS": "%f",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "HH": "%H",
    "MI": "%M",
    "SS": "%S",
    "US": "%f",
    "MS": "%f",
    "AM": "%p",
    "PM": "%p",
    "TZ": "%Z",
    "OF": "%z",
    "T": "T",
}
_PART = re.compile("|".join(_PARTS), re.IGNORECASE)

#: What 'auto' and no format at all recognize.
_KNOWN = ("%Y-%m-%d %H:%M:%S", "%Y%m%d", "%m/%d/%Y", "%m-%d-%Y", "%d-%b-%Y", "%b %d %Y", "%Y%m%d %H%M%S")


def parse_timestamp(text: str, time_format: str | None) -> datetime | None:
    """Return a timestamp without zone, UTC if the text has a zone; None when it is none.

    :param time_format: TIMEFORMAT's text; None for the default format ``YYYY-MM-DD HH:MI:SS``.
    """
    unit = (time_format or "").lower()
    if unit in ("epochsecs", "epochmillisecs"):
        return _parse_epoch(text, 1 if unit == "epochsecs" else 1000)
    if time_format and unit != "auto":
        return _parse_by(text, _strptime_format(time_format))
    return _parse_iso(text) or next((found for known in _KNOWN if (found := _parse_by(text, known))), None)


def parse_date(text: str, date_format: str | None) -> date | None:
    """Return a date, None when the text is none.

    :param date_format: DATEFORMAT's text; None for the default format ``YYYY-MM-DD``.
    """
    moment = parse_timestamp(text, date_format)
    return moment.date() if moment else None


def _parse_epoch(text: str, per_second: int) -> datetime | None:
    try:
        microseconds = int(Decimal(text) * (1_000_000 // per_second))
        return _EPOCH + timedelta(microseconds=microseconds)
    except (InvalidOperation, OverflowError, ValueError):
        return None


def _parse_iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _without_zone(moment)


def _parse_by(text: str, pattern: str) -> datetime | None:
    try:
        return _without_zone(datetime.strptime(text, pattern))
    except ValueError:
        return None


def _without_zone(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


@lru_cache(maxsize=64)
def _strptime_format(redshift_format: str) -> str:
    return _PART.sub(lambda match: _PARTS[match.group().upper()], redshift_format.replace("%", "%%"))
