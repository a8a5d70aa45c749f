"""An hour's state, from the ledger and from Airflow's runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sparkify.pages.hours import (
    describe_run,
    freshness_of,
    hours_of,
    missing_hours,
    run_that_counts,
    state_of,
    totals_of,
    unclaimed_of,
)
from sparkify.pages.loads import parse_hour, rerun
from sparkify.pages.period import Period
from sparkify.pages.runs import LoadRun, newest_first
from sparkify.partitions import HOUR, Window, layout_from_name
from sparkify.staging import requested_window

START = datetime(2018, 11, 5, tzinfo=UTC)
LOADED_AT = datetime(2026, 1, 1, 12)
PERIOD = Period(START, START + timedelta(days=1))


def run(state: str, ended: datetime | None = None, first: int = 0, hours: int = 1, started: int = 0) -> LoadRun:
    window = Window(START + first * HOUR, START + (first + hours) * HOUR)
    return LoadRun(f"r{started}", state, window, datetime(2026, 1, 1, started, tzinfo=UTC), ended)


def load(lines: int = 5, hour: int = 0) -> dict[str, Any]:
    moment = int((START + hour * HOUR).timestamp() * 1000)
    return {"partition_ts": moment, "source_lines": lines, "in_scope": lines, "rejected": 0, "loaded_at": LOADED_AT}


@pytest.mark.parametrize(
    ("row", "newest", "state"),
    [
        (None, None, "missing"),
        (load(), None, "loaded"),
        (load(0), None, "empty"),
        ({**load(0), "source_lines": 9}, None, "empty"),  # of other hours, all of them
        ({**load(0), "source_lines": 9, "rejected": 1}, None, "loaded"),
        (None, run("failed"), "failed"),
        (None, run("queued"), "running"),
        (load(), run("running"), "running"),
        # It published and then failed: its checks may have found something.
        (load(), run("failed", datetime(2026, 1, 1, 13, tzinfo=UTC)), "failed"),
        (load(), run("failed", datetime(2026, 1, 1, 11, tzinfo=UTC)), "loaded"),
        (load(0), run("failed", datetime(2026, 1, 1, 11, tzinfo=UTC)), "empty"),
    ],
)
def test_a_failure_counts_until_a_later_load_committed(row: Any, newest: LoadRun | None, state: str) -> None:
    assert state_of(row, newest) == state


def test_a_failure_that_a_load_outdated_is_not_shown_with_the_hour() -> None:
    failed = run("failed", datetime(2026, 1, 1, 11, tzinfo=UTC), hours=3)
    assert run_that_counts(load(), failed) is None
    assert run_that_counts(None, failed) is failed
    described = describe_run(failed)
    assert described is not None
    assert described["hours"] == 3
    assert requested_window(described["conf"], None, None) == failed.window
    assert describe_run(None) is None


def test_an_hour_has_the_run_that_began_last() -> None:
    early, late, waiting = run("failed", started=1, hours=3), run("failed", started=2), run("queued", first=1)
    waiting = LoadRun(waiting.run_id, waiting.state, waiting.window, None, None)
    newest = newest_first([early, late, waiting])
    assert [newest[START + n * HOUR] for n in range(3)] == [late, waiting, early]


def test_hours_that_only_a_run_knows_are_shown_and_those_outside_of_the_period_are_not() -> None:
    rows = hours_of(PERIOD, [load(hour=2), load(hour=1)], [run("failed", first=3), run("failed", first=30)])
    assert [(row["hour"], row["state"]) for row in rows] == [
        ("2018-11-05T01", "loaded"),
        ("2018-11-05T02", "loaded"),
        ("2018-11-05T03", "failed"),
    ]


@pytest.mark.parametrize(("layout", "lines", "rejected"), [("daily", 7, 2), ("hourly", 14, 4)])
def test_the_lines_of_a_days_file_count_once(layout: str, lines: int, rejected: int) -> None:
    first_day = [{**load(5, hour), "byte_count": 9, "rejected": 1} for hour in (0, 1)]
    second_day = [{**load(2, hour), "byte_count": 3, "rejected": 1} for hour in (24, 25)]
    totals = totals_of([*first_day, *second_day], layout_from_name(layout, "log_data"))
    assert (totals["source_lines"], totals["rejected"]) == (lines, rejected)


@pytest.mark.parametrize(
    ("newest", "now", "late"),
    [(10, "12:44", 0), (10, "12:45", 1), (11, "12:45", 0), (None, "02:45", 2), (None, "00:10", 0)],
)
def test_hours_are_late_when_their_deadline_has_passed(newest: int | None, now: str, late: int) -> None:
    moment = datetime.fromisoformat(f"2018-11-05T{now}:00+00:00")
    hour = START + newest * HOUR if newest is not None else None
    assert freshness_of(hour, moment, START, 45)["late_hours"] == late


def test_hours_that_are_due_and_unknown_are_missing() -> None:
    rows = hours_of(PERIOD, [load(hour=2)], [run("failed", first=3)])
    assert missing_hours(PERIOD, rows, START + HOUR, START + 6 * HOUR) == 3
    assert missing_hours(PERIOD, rows, START, START - HOUR) == 0


def test_a_runs_window_is_its_confs_or_its_data_interval() -> None:
    conf = {"window_start": "2018-11-05T00:00:00Z", "window_end": "2018-11-05T02:00:00+00:00"}
    assert requested_window(conf, None, None) == Window(START, START + 2 * HOUR)
    assert requested_window({"window_start": None}, START, START + HOUR) == Window(START, START + HOUR)
    assert requested_window(None, None, None) is None
    assert requested_window({"window_start": "x", "window_end": "y"}, START, START + HOUR) is None


def test_a_rerun_loads_exactly_the_hour() -> None:
    assert requested_window(rerun(START)["conf"], None, None) == Window(START, START + HOUR)


@pytest.mark.parametrize("label", ["", "2018-11-05", "2018-11-05T25", "../etc", "2018-11-05T13' OR '1'='1"])
def test_what_is_no_hour_is_told(label: str) -> None:
    with pytest.raises(ValueError, match="give one such as 2018-11-05T13"):
        parse_hour(label)


def test_files_of_no_hour_are_counted_once_though_several_hours_saw_them() -> None:
    rows = [
        {"source_partition": "2018-11-05T01", "failures": 2, "sample": "object_uri a\nobject_uri b"},
        {"source_partition": "2018-11-05T00", "failures": 1, "sample": "object_uri b"},
        {"source_partition": "2018-11-04T23", "failures": 1, "sample": None},
    ]
    assert unclaimed_of(rows) == {"hours": 3, "objects": 2, "sample": ["object_uri a", "object_uri b"]}
    assert unclaimed_of([]) is None
