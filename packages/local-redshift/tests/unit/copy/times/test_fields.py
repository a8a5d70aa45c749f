"""The text of a date or time is split into fields."""

from __future__ import annotations

import pytest

from local_redshift.copy.times.fields import split_fields
from local_redshift.copy.times.moments import InvalidMomentError


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("2018-11-05 13:45:10.5", [("date", "2018-11-05"), ("time", "13:45:10.5")]),
        ("20181105t134510", [("number", "20181105"), ("word", "t"), ("number", "134510")]),
        ("january 8, 1999", [("word", "january"), ("number", "8"), ("number", "1999")]),
        ("jan-08-95", [("date", "jan-08-95")]),
        ("04:05 -8", [("time", "04:05"), ("zone", "-8")]),
        ("04:05 us/pacific", [("time", "04:05"), ("date", "us/pacific")]),
        ("", []),
    ],
)
def test_fields_have_kinds(text: str, fields: list[tuple[str, str]]) -> None:
    assert list(split_fields(text)) == fields


def test_what_no_date_or_time_has_is_refused() -> None:
    with pytest.raises(InvalidMomentError):
        list(split_fields("2018-11-05 \u00e9"))
