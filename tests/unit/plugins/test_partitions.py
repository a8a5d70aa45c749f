"""Windows of hours and the partitions that hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sparkify.partitions import (
    DailyLayout,
    HourlyLayout,
    Partition,
    Window,
    hour_label,
    layout_from_name,
    to_milliseconds,
)


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


def test_milliseconds_are_exact():
    assert to_milliseconds(datetime(2018, 11, 1, 20, 57, 10, 796000, tzinfo=UTC)) == 1541105830796


def test_hourly_layout_has_one_folder_an_hour():
    [first, second] = HourlyLayout("log_data").partitions(window("2018-11-05T23:00Z", "2018-11-06T01:00Z"))
    assert first == Partition(
        "2018-11-05T23",
        datetime(2018, 11, 5, 23, tzinfo=UTC),
        datetime(2018, 11, 6, tzinfo=UTC),
        "log_data/2018/11/05/23/",
    )
    assert (second.label, second.prefix) == ("2018-11-06T00", "log_data/2018/11/06/00/")
    assert (first.start_ts, first.end_ts) == (1541458800000, 1541462400000)


@pytest.mark.parametrize(
    ("start", "end", "labels"),
    [
        ("2018-11-05T13:00Z", "2018-11-05T14:00Z", ["2018-11-05"]),
        ("2018-11-05T00:00Z", "2018-11-06T00:00Z", ["2018-11-05"]),
        ("2018-11-05T23:00Z", "2018-11-06T01:00Z", ["2018-11-05", "2018-11-06"]),
        ("2018-11-29T00:00Z", "2018-12-01T01:00Z", ["2018-11-29", "2018-11-30", "2018-12-01"]),
    ],
)
def test_daily_layout_has_one_whole_day_for_each_day_touched(start, end, labels):
    partitions = DailyLayout("log_data/").partitions(window(start, end))
    assert [partition.label for partition in partitions] == labels
    assert {partition.end - partition.start for partition in partitions} == {timedelta(days=1)}
    assert partitions[0].prefix == f"log_data/2018/11/{labels[0]}-events.json"


@pytest.mark.parametrize(
    ("prefix", "key", "holds"),
    [
        ("a/13/", "a/13/x.json", True),
        ("a/13/", "a/13/part/x.json.gz", True),
        ("a/13/", "a/14/x.json", False),
        ("a/05-events.json", "a/05-events.json", True),
        ("a/05-events.json", "a/05-events.json.gz", True),
        ("a/05-events.json", "a/05-events.json.bak", False),
        ("a/05-events.json", "a/05-events.json.gz.tmp", False),
    ],
)
def test_a_partition_holds_its_folder_or_its_one_file(prefix, key, holds):
    assert Partition("p", None, None, prefix).holds(key) is holds


def test_layouts_have_names_and_an_unknown_one_is_refused():
    assert layout_from_name("hourly", "x") == HourlyLayout("x")
    assert layout_from_name("daily", "x") == DailyLayout("x")
    with pytest.raises(ValueError, match="no layout 'weekly'"):
        layout_from_name("weekly", "x")


def test_a_source_at_the_bucket_root_has_keys_without_a_leading_slash():
    [partition] = HourlyLayout("").partitions(window("2018-11-05T13:00Z", "2018-11-05T14:00Z"))
    assert partition.prefix == "2018/11/05/13/"
