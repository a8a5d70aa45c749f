"""What a run for a window would find, hour by hour."""

from __future__ import annotations

from datetime import UTC, datetime

from sparkify.hooks.s3_object import S3Object
from sparkify.ledger.changes import compare
from sparkify.ledger.ledger import LoadedHours
from sparkify.ledger.plan import PlannedHour, describe_hours, plan_hours, summarize
from sparkify.source.partitions import layout_from_name
from sparkify.windows import HOUR, Window

START = datetime(2018, 11, 5, tzinfo=UTC)
WINDOW = Window(START, START + 5 * HOUR)
HOURS = list(WINDOW)


def file(name: str, etag: str = "1", size: int = 1000) -> S3Object:
    return S3Object("b", name, etag, size)


def plan() -> list[PlannedHour]:
    """Plan five hours: unchanged, changed, loaded without files, new, and new without files."""
    partitions = layout_from_name("hourly", "log_data").partitions(WINDOW)
    listing = dict(zip(partitions, [[file("a")], [file("c", "2")], [], [file("n"), file("m")], []], strict=True))
    loaded = LoadedHours(frozenset(HOURS[:3]), {HOURS[0]: {"s3://b/a": "1"}, HOURS[1]: {"s3://b/c": "1"}})
    return plan_hours(listing, loaded.hours, compare(listing, loaded, WINDOW), WINDOW)


def test_each_hour_of_the_window_has_a_state() -> None:
    assert [hour.state for hour in plan()] == ["unchanged", "changed", "missing", "unloaded", "missing"]
    assert [hour.hour for hour in plan()] == HOURS


def test_the_figures_count_hours_by_state_and_each_file_once() -> None:
    assert summarize(plan()) == {
        "hours": 5,
        "unloaded": 1,
        "unchanged": 1,
        "changed": 1,
        "missing": 2,
        "files": 4,
        "bytes": 4000,
    }


def test_a_days_file_belongs_to_all_its_hours_and_is_counted_once() -> None:
    [day] = layout_from_name("daily", "log_data").partitions(WINDOW)
    hours = plan_hours({day: [file("day")]}, frozenset(), [], WINDOW)
    assert [hour.state for hour in hours] == ["unloaded"] * 5
    assert (summarize(hours)["files"], summarize(hours)["bytes"]) == (1, 1000)


def test_each_hour_is_a_line_and_so_is_each_file_that_differs() -> None:
    lines = describe_hours(plan())
    assert lines[0] == "2018-11-05T00  unchanged     1 files         1,000 bytes"
    assert lines[2].strip().startswith("2018-11-05T01  changed   s3://b/c  ETag 1 is now 2")
    assert len(lines) == 6
