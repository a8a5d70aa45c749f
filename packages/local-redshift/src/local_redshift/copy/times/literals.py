"""Dates and times in all the forms that SQL takes, which is what COPY's ``'auto'`` recognizes.

Contract: pure. It reads what PostgreSQL reads, as Redshift does: first the text is split into fields, then each field
is interpreted by those before it. An integration test compares the results with the database's own casts.

https://docs.aws.amazon.com/redshift/latest/dg/automatic-recognition.html
https://docs.aws.amazon.com/redshift/latest/dg/r_Date_and_time_literals.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

from local_redshift.copy.times.fields import JULIAN, MONTHS, NOTHING, split_fields
from local_redshift.copy.times.moments import InvalidMomentError, Moment, julian_day, of_julian_day
from local_redshift.copy.times.zones import is_abbreviation, is_zone_name, offset

_CLOCK = re.compile(r"(\d{1,9}):(\d{1,9})(?::(\d{1,9}))?(\.\d*)?", re.ASCII)
_YEAR, _MONTH, _DAY, _TIME_OF_DAY, _ZONE_GIVEN, _ERA, _MERIDIAN, _YEARDAY = "YMDTZEAJ"
_WHOLE_DATE = frozenset((_YEAR, _MONTH, _DAY))


def read_moment(text: str, date_order: str = "MDY") -> Moment:
    """Return the date and time of a text.

    :param text: in whatever form.
    :param date_order: of DateStyle: MDY, DMY or YMD, for dates such as 01/02/03.
    :raises InvalidMomentError: when it is not one.
    """
    return _read(text, date_order).result()


def read_time(text: str, date_order: str = "MDY") -> Moment:
    """Return the time of day of a text; a date before it is ignored.

    The parameters are those of ``read_moment``.
    """
    try:
        reading = _read(f"2000-01-01 {text}", date_order)
    except InvalidMomentError:
        reading = _read(text, date_order)
    return reading.result() if _TIME_OF_DAY in reading.known else _invalid_moment()


def _read(text: str, date_order: str) -> _Reading:
    if not text.isascii():  # digits of other scripts count as digits for Python only
        _invalid_moment()
    reading = _Reading(date_order)
    for kind, token in split_fields(text.strip().lower()):
        reading.take(kind, token)
    return reading


@dataclass
class _Reading:
    """The parts that the fields have set so far."""

    date_order: str
    year: int = 1
    month: int = 1
    day: int = 1
    hour: int = 0
    minute: int = 0
    second: int = 0
    microsecond: int = 0
    zone: str | None = None
    known: set[str] = field(default_factory=set)
    short_year: bool = False
    month_by_name: bool = False
    era: str = ""
    meridian: str = ""
    #: A word that says what the next number is: a Julian day, or a time.
    prefix: str = ""

    def take(self, kind: str, token: str) -> None:
        """Interpret a field.

        :raises InvalidMomentError: when it means nothing, or sets a part again.
        """
        if self.prefix:
            self._take_prefixed(kind, token)
        elif kind == "time":
            self._set_clock(token)
        elif kind == "zone":
            self._set_zone(offset(token))
        elif kind == "word":
            self._take_word(token)
        elif kind == "number":
            self._take_number(token)
        else:
            self._take_joined(token)

    def result(self) -> Moment:
        """Return the result.

        :raises InvalidMomentError: when it is not a date, or there is no such day or time.
        """
        if self.prefix or not self.known >= _WHOLE_DATE:
            raise InvalidMomentError
        year, month, day = self._year(), self.month, self.day
        if _YEARDAY in self.known:
            year, month, day = of_julian_day(julian_day(year, 1, 1) + self.day - 1)
        return Moment(year, month, day, self._hour(), self.minute, self.second, self.microsecond, self.zone)

    def _year(self) -> int:
        if self.short_year and self.era != "bc":
            return self.year + (2000 if self.year < 70 else 1900)
        if self.era == "bc":
            return 1 - self.year if self.year > 0 else _invalid_moment()
        return self.year if self.year > 0 or "julian" in self.known else _invalid_moment()

    def _hour(self) -> int:
        if self.meridian and self.hour > 12:
            raise InvalidMomentError
        if self.meridian == "am" and self.hour == 12:
            return 0
        return self.hour + 12 if self.meridian == "pm" and self.hour < 12 else self.hour

    def _know(self, *parts: str) -> None:
        if self.known & set(parts):
            raise InvalidMomentError
        self.known.update(parts)

    def _set_clock(self, token: str) -> None:
        found = _CLOCK.fullmatch(token)
        if found is None:
            raise InvalidMomentError
        hour, minute, second, fraction = found.groups()
        if second is None and fraction:  # 05:06.789 has no hours
            hour, minute, second = "0", hour, minute
        self._set_time(int(hour), int(minute), int(second or 0), fraction or "")

    def _set_time(self, hour: int, minute: int, second: int, fraction: str) -> None:
        self._know(_TIME_OF_DAY)
        microsecond = round(float(f"0{fraction}") * 1_000_000) if fraction else 0
        second, self.microsecond = second + microsecond // 1_000_000, microsecond % 1_000_000
        self.hour, self.minute, self.second = hour, minute, second

    def _set_zone(self, zone: str | None) -> None:
        if zone is None:
            raise InvalidMomentError
        self._know(_ZONE_GIVEN)
        self.zone = zone

    def _take_prefixed(self, kind: str, token: str) -> None:
        """The number after ``J`` is a Julian day, the one after ``T`` a time."""
        prefix, self.prefix = self.prefix, ""
        if prefix == "t" and kind in ("time", "number", "date"):
            self.take(kind, token)
        elif prefix == "j" and kind == "number" and token.isdigit():
            self._know(*_WHOLE_DATE, "julian")
            self.year, self.month, self.day = of_julian_day(int(token[:10]))
        else:
            raise InvalidMomentError

    def _take_word(self, word: str) -> None:
        if word in MONTHS:
            self._set_month_name(word)
        elif word in ("am", "pm"):
            self._know(_MERIDIAN)
            self.meridian = word
        elif word in ("ad", "bc"):
            self._know(_ERA)
            self.era = word
        elif word in JULIAN or (word == "t" and self.known >= _WHOLE_DATE):
            self.prefix = word[0]
        elif word not in NOTHING:
            self._set_zone(word if is_abbreviation(word) or is_zone_name(word) else None)

    def _set_month_name(self, word: str) -> None:
        if _MONTH in self.known and not self.month_by_name and _DAY not in self.known:
            # What was taken for the month is the day: 17 Dec.
            self.known.remove(_MONTH)
            self._know(_DAY)
            self.day = self.month
        self._know(_MONTH)
        self.month, self.month_by_name = MONTHS[word], True

    def _take_joined(self, token: str) -> None:
        """A date with marks in it; after a date, a zone's name, or a time with an offset: 040506-08."""
        if not self.known >= _WHOLE_DATE:
            self._take_date(token)
        elif token[0].isdigit():
            time, mark, zone = token.partition("-")
            self._take_digits(time)
            self._set_zone(offset(mark + zone))
        else:
            self._set_zone(token if is_zone_name(token) else None)

    def _take_date(self, token: str) -> None:
        parts = re.findall(r"\d+|[a-z]+", token)
        if re.sub(r"[-/.](?=.)", "", token) != "".join(parts):
            raise InvalidMomentError
        names = [part for part in parts if not part.isdigit() and part not in NOTHING]
        for name in names:
            if name not in MONTHS:
                raise InvalidMomentError
            self._set_month_name(name)
        numbers = [part for part in parts if part.isdigit()]
        if "." in token and self.date_order == "MDY" and _is_day_first(numbers):
            numbers[:2] = numbers[1::-1]
        for number in numbers:
            if self.known >= _WHOLE_DATE:
                raise InvalidMomentError
            self._take_part(number)
        if self.known - {_ZONE_GIVEN, _YEARDAY} != _WHOLE_DATE:  # nor is there a time before it
            raise InvalidMomentError

    def _take_number(self, token: str) -> None:
        whole, point, _ = token.partition(".")
        has_date = self.known >= _WHOLE_DATE
        if point and not has_date and not self.known & _WHOLE_DATE and len(whole) <= 4:
            self._take_date(token)  # 1996.008
        elif (point and len(whole) > 2) or has_date or len(whole) >= 6:
            self._take_digits(token)
        elif point:
            raise InvalidMomentError
        else:
            self._take_part(token)

    def _take_digits(self, token: str) -> None:
        """A date, 19960108 or 960108; after a date, a time, 040506 or 0405."""
        whole, point, fraction = token.partition(".")
        if not whole.isdigit():
            raise InvalidMomentError
        if not point and not self.known >= _WHOLE_DATE and len(whole) >= 6:
            self._know(*_WHOLE_DATE)
            year, self.month, self.day = whole[:-4][-9:], int(whole[-4:-2]), int(whole[-2:])
            self.year, self.short_year = int(year), len(year) == 2
        elif len(whole) in (4, 6):
            self._set_time(int(whole[:2]), int(whole[2:4]), int(whole[4:] or 0), f".{fraction}" if point else "")
        else:
            raise InvalidMomentError

    def _take_part(self, digits: str) -> None:
        """A number of one part of the date; which one follows from those before it."""
        known, value, long = self.known & _WHOLE_DATE, int(digits[:9]), len(digits) >= 3
        if len(digits) == 3 and known == {_YEAR} and 1 <= value <= 366:
            self._know(_MONTH, _DAY, _YEARDAY)
            self.day = value
            return
        part = self._part(known, long=long)
        if part == _DAY and long and self.short_year and self.month_by_name:
            # What was taken for the year is the day: 08-Jan-1999 where years come first.
            self._know(_DAY)
            self.day, self.year, self.short_year = self.year, value, False
            return
        self._know(part)
        if part == _YEAR:
            self.year, self.short_year = value, len(digits) <= 2
        elif part == _MONTH:
            self.month = value
        else:
            self.day = value

    def _part(self, known: set[str], *, long: bool) -> str:
        if not known:
            return _YEAR if long else self.date_order[0]
        if known == {_MONTH} and self.month_by_name:
            return _YEAR if long or self.date_order == "YMD" else _DAY
        if known in ({_YEAR}, {_DAY}):
            return _MONTH
        return _YEAR if known == {_MONTH, _DAY} else _DAY


def _is_day_first(numbers: list[str]) -> bool:
    """Return whether dotted numbers can only be day, month and year, AWS's ``dd.mm.yyyy``."""
    return len(numbers) == 3 and len(numbers[0]) <= 2 and int(numbers[0]) > 12 >= int(numbers[1])


def _invalid_moment() -> NoReturn:
    raise InvalidMomentError
