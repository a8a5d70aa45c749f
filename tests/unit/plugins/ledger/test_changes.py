"""Which hours differ from what was loaded, and the windows that hold exactly those."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkify.hooks.s3_object import S3Object
from sparkify.ledger.changes import compare, hours_of_label, merge_hours
from sparkify.ledger.ledger import LoadedHours
from sparkify.source.partitions import layout_from_name
from sparkify.windows import HOUR, Window

START = datetime(2018, 11, 5, tzinfo=UTC)
WINDOW = Window(START, START + 3 * HOUR)


def file(name: str, etag: str = "1") -> S3Object:
    return S3Object("b", name, etag, 9)


def test_hours_are_told_apart_by_what_happened_to_their_files() -> None:
    day = layout_from_name("hourly", "log_data").partitions(Window(START, START + 6 * HOUR))
    listing = dict(
        zip(day, [[file("same")], [file("new"), file("old", "2")], [], [file("x")], [], [file("y")]], strict=True)
    )
    hours = [START + number * HOUR for number in range(6)]
    known = {hours[0]: {"s3://b/same": "1"}, hours[1]: {"s3://b/old": "1"}, hours[2]: {"s3://b/gone": "1"}}
    found = compare(listing, LoadedHours(frozenset(hours[:5]), known), Window(START, START + 6 * HOUR))
    assert [(change.hour.hour, change.kind) for change in found] == [
        (1, "changed"),
        (2, "removed"),
        (3, "appeared"),
        (5, "unloaded"),
    ]
    assert "ETag 1 is now 2" in found[0].describe()[0]
    assert "s3://b/gone  is gone" in found[1].describe()[0]


def test_a_changed_day_file_changes_the_hours_of_the_window_only() -> None:
    [day] = layout_from_name("daily", "log_data").partitions(WINDOW)
    loaded = LoadedHours(frozenset(WINDOW), {hour: {"s3://b/day": "1"} for hour in WINDOW})
    assert compare({day: [file("day", "1")]}, loaded, WINDOW) == []
    assert [c.hour.hour for c in compare({day: [file("day", "2")]}, loaded, WINDOW)] == [0, 1, 2]


@given(st.sets(st.integers(0, 100)), st.integers(1, 30))
def test_windows_hold_exactly_the_hours_and_are_no_longer_than_allowed(numbers: set[int], most: int) -> None:
    windows = merge_hours([START + number * HOUR for number in numbers], most)
    held = [hour for window in windows for hour in window.hours()]
    assert held == [START + number * HOUR for number in sorted(numbers)]
    assert all(window.hour_count <= most for window in windows)
    apart = sum(1 for first, second in pairwise(windows) if first.end < second.start)
    assert len(windows) <= apart + 1 + len(numbers) // most


def test_partitions_names_are_read_back() -> None:
    assert hours_of_label("2018-11-05T13") == [START + 13 * HOUR]
    assert hours_of_label("2018-11-05") == [START + number * HOUR for number in range(24)]
    with pytest.raises(ValueError, match="Invalid isoformat"):
        hours_of_label("November")
