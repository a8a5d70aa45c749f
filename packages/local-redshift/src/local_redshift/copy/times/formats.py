"""DATEFORMAT's and TIMEFORMAT's strings: what they may contain, and how a text is read by one.

Contract: pure. A text has to have exactly the form that the string says: two digits where it says MM, and so on.
https://docs.aws.amazon.com/redshift/latest/dg/r_DATEFORMAT_and_TIMEFORMAT_strings.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from local_redshift.copy.times.moments import InvalidMomentError, Moment

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)

#: Each part's group and pattern; "The seconds (SS) field also supports fractional seconds up to a microsecond".
_PARTS = {
    "yyyy": ("year", r"\d{4}"),
    "yy": ("short_year", r"\d{2}"),
    "month": ("month_name", _MONTH),
    "mon": ("month_name", _MONTH),
    "mm": ("month", r"\d{2}"),
    "dd": ("day", r"\d{2}"),
    "hh24": ("hour", r"\d{2}"),
    "hh12": ("hour12", r"\d{2}"),
    "hh": ("hour", r"\d{2}"),
    "mi": ("minute", r"\d{2}"),
    "ss": ("second", r"\d{2}"),
    "ms": ("fraction", r"\d{1,3}"),
    "us": ("fraction", r"\d{1,6}"),
    "am": ("meridian", "am|pm"),
    "pm": ("meridian", "am|pm"),
}
#: The letters T and Z of ISO 8601 stand for themselves.
_TOKEN = re.compile(rf'({"|".join(_PARTS)})|"([^"]*)"|([tz](?![a-z]|$)|z$|t(?=hh))|(\s+)|([^a-z0-9"])', re.IGNORECASE)
_ZONES = re.compile(r"tz|of", re.IGNORECASE)


class BadFormat(ValueError):
    """A string is not a format; the message says why."""


@lru_cache(maxsize=64)
def compile_format(format_string: str) -> re.Pattern[str]:
    """Return the pattern of a format string.

    :param format_string: DATEFORMAT's or TIMEFORMAT's.
    :raises BadFormat: when it holds what no such string can hold.
    """
    pieces: list[str] = []
    groups: set[str] = set()
    at = 0
    while at < len(format_string):
        found = _TOKEN.match(format_string, at)
        if found is None:
            raise BadFormat(_problem(format_string[at:]))
        pieces.append(_part(found, groups))
        at = found.end()
    if not groups:
        raise BadFormat("It has no part of a date or a time.")
    if "second" in groups and "fraction" not in groups:
        pieces = [piece + r"(?:\.(?P<fraction>\d+))?" if "<second>" in piece else piece for piece in pieces]
    return re.compile("".join(pieces), re.IGNORECASE | re.ASCII)


def read_by_format(text: str, format_string: str) -> Moment:
    """Return the date and time of a text that has a format.

    :raises InvalidMomentError: when it is not written so, or there is no such day or time.
    """
    found = compile_format(format_string).fullmatch(text)
    if found is None:
        raise InvalidMomentError
    parts = {name: value for name, value in found.groupdict().items() if value is not None}
    fraction = round(float(f"0.{parts['fraction']}") * 1_000_000) if "fraction" in parts else 0
    second = int(parts.get("second", 0)) + fraction // 1_000_000
    minute = int(parts.get("minute", 0))
    return Moment(*_date(parts), _hour(parts), minute, second, fraction % 1_000_000)


def _part(found: re.Match[str], groups: set[str]) -> str:
    part, quoted, letter, blank, mark = found.groups()
    if part is not None:
        name, pattern = _PARTS[part.lower()]
        if name in groups:
            raise BadFormat(f"It has {part.upper()} twice.")
        groups.add(name)
        return f"(?P<{name}>{pattern})"
    return r"\s+" if blank else re.escape(quoted or letter or mark or "")


def _problem(rest: str) -> str:
    if _ZONES.match(rest):
        return "A time zone specifier (TZ, tz or OF) cannot be in it. Specify 'auto' for times with a zone."
    return f"It is not understood from '{rest}' on; the keywords are case-sensitive: 'auto', 'epochsecs', …."


def _date(parts: dict[str, str]) -> tuple[int, int, int]:
    if "short_year" in parts:
        short = int(parts["short_year"])
        year = short + (2000 if short < 70 else 1900)
    else:
        year = int(parts.get("year", 1))
    if year < 1:
        raise InvalidMomentError
    name = parts.get("month_name")
    month = _MONTHS.index(name[:3].lower()) // 3 + 1 if name else int(parts.get("month", 1))
    return year, month, int(parts.get("day", 1))


def _hour(parts: dict[str, str]) -> int:
    """HH is the same as HH24, but with AM or PM it counts to twelve."""
    of_twelve = "hour12" in parts or "meridian" in parts
    hour = int(parts.get("hour12") or parts.get("hour") or 0)
    if not of_twelve:
        return hour
    if not 1 <= hour <= 12:
        raise InvalidMomentError
    return hour % 12 + (12 if parts.get("meridian", "am").lower() == "pm" else 0)
