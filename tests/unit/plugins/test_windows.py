"""Windows of whole hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sparkify.windows import Window, hour_label, to_milliseconds


def window(start: str, end: str) -> Window:
    return Window.from_iso(start, end)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2018-11-05T13:00:00Z", "2018-11-05T14:00:00Z", ["2018-11-05T13"]),
        ("2018-11-05T13:00:00+00:00", "2018-11-05T14:00:00+00:00", ["2018-11-05T13"]),
        ("2018-11-05T13:00", "2018-11-05T15:00", ["2018-11-05T13", "2018-11-05T14"]),
        ("2018-11-05T15:00+02:00", "2018-11-05T16:00+02:00", ["2018-11-05T13"]),
        ("2018-12-31T23:00Z", "2019-01-01T01:00Z", ["2018-12-31T23", "2019-01-01T00"]),
    ],
)
def test_window_has_the_hours_from_its_start_to_before_its_end(start, end, expected):
    assert [hour_label(hour) for hour in window(start, end)] == expected
    assert window(start, end).hour_count == len(expected)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2018-11-05T13:30Z", "2018-11-05T14:00Z", "not a whole hour"),
        ("2018-11-05T13:00Z", "2018-11-05T14:00:00.5Z", "not a whole hour"),
        ("2018-11-05T13:00+05:30", "2018-11-05T14:00+05:30", "not a whole hour"),
        ("2018-11-05T14:00Z", "2018-11-05T13:00Z", "empty or reversed"),
        ("2018-11-05T13:00Z", "2018-11-05T13:00Z", "empty or reversed"),
        ("None", "2018-11-05T13:00Z", "no ISO 8601"),
        ("2018-11-05T13:00Z", "", "no ISO 8601"),
    ],
)
def test_a_window_that_cannot_be_loaded_is_refused_with_its_value(start, end, words):
    with pytest.raises(ValueError, match=words):
        window(start, end)


def test_window_survives_the_way_through_text():
    original = Window(datetime(2018, 11, 5, 13, tzinfo=timezone(timedelta(hours=1))), datetime(2018, 11, 5, 14))
    assert Window.from_iso(*original.to_iso()) == original
    assert str(original) == "2018-11-05T12:00Z to 2018-11-05T14:00Z"
    assert Window.parse(str(original)) == original


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'' is not two date-times: give it as in 2018-11-05T13:00Z to 2018-11-05T14:00Z"),
        ("2018-11-05T13:00Z", "is not two date-times"),
        ("2018-11-05T13:00Z to ", "end '' is no ISO 8601"),
        ("2018-11-05T13:00Z to 2018-11-05T13:00Z", "empty or reversed"),
    ],
)
def test_a_text_that_is_no_window_is_refused_with_its_value(text, words):
    with pytest.raises(ValueError, match=words):
        Window.parse(text)


def test_milliseconds_are_exact():
    assert to_milliseconds(datetime(2018, 11, 1, 20, 57, 10, 796000, tzinfo=UTC)) == 1541105830796
