"""Days and times, checked: https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html"""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_redshift.copy.times.moments import InvalidMomentError, Moment, julian_day, of_epoch, of_julian_day

#: The Julian day of the day before 0001-01-01.
_BEFORE_ORDINAL_ONE = 1_721_425


@given(st.dates())
def test_a_julian_day_is_that_of_pythons_calendar(day: datetime.date) -> None:
    number = day.toordinal() + _BEFORE_ORDINAL_ONE
    assert julian_day(day.year, day.month, day.day) == number
    assert of_julian_day(number) == (day.year, day.month, day.day)


@given(st.integers(0, 109_000_000))
def test_a_julian_day_comes_back_from_its_date_before_the_era_too(number: int) -> None:
    assert julian_day(*of_julian_day(number)) == number


@given(st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
def test_microseconds_since_1970_are_a_time_in_utc(microseconds: int) -> None:
    expected = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=microseconds)
    text = expected.isoformat(" ", "microseconds").removesuffix(".000000")
    assert of_epoch(microseconds).timestamp_with_zone == f"{text} +00"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (Moment(2018, 11, 5), "2018-11-05 00:00:00"),
        (Moment(0, 2, 29, 24), "0001-02-29 24:00:00 BC"),
        (Moment(-4712, 1, 1), "4713-01-01 00:00:00 BC"),
        (Moment(294_276, 12, 31, 23, 59, 60, 7), "294276-12-31 23:59:60.000007"),
    ],
)
def test_a_moment_is_written_as_postgresql_reads_it(moment: Moment, shown: str) -> None:
    assert moment.timestamp == shown


@pytest.mark.parametrize(
    "values",
    [
        {"month": 13},
        {"month": 2, "day": 29},
        {"day": 0},
        {"hour": 25},
        {"hour": 24, "minute": 1},
        {"minute": 60},
        {"second": 61},
        {"year": -4713},
        {"year": 294_277},
    ],
    ids=str,
)
def test_what_no_calendar_or_clock_has_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidMomentError):
        Moment(**{"year": 2018, "month": 1, "day": 1, **values})
