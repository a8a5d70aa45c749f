"""An hour's state, from the ledger and from Airflow's runs."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from sparkify.pages.hours import (
    describe_run,
    freshness_of,
    hours_of,
    missing_hours,
    status_of,
    totals_of,
    unclaimed_of,
)
from sparkify.pages.runs import LoadRun
from sparkify.run_windows import requested_window
from sparkify.source.partitions import layout_from_name
from sparkify.windows import HOUR
from tests.support.load_runs import PERIOD, START, load, run


@pytest.mark.parametrize(
    ("row", "runs", "state", "reload"),
    [
        (None, [], "missing", None),
        (load(), [], "loaded", None),
        (load(0), [], "empty", None),
        ({**load(0), "source_lines": 9}, [], "empty", None),  # of other hours, all of them
        ({**load(0), "source_lines": 9, "rejected": 1}, [], "loaded", None),
        # A first load.
        (None, [run("failed", ended=11)], "failed", None),
        (None, [run("failed", ended=11, staged=False)], "failed", None),
        (None, [run("queued", None)], "running", None),
        (None, [run("queued", None), run("failed", ended=11)], "running", None),
        # Loading a loaded hour again keeps what it has.
        (load(), [run("running", 13)], "loaded", "running"),
        (load(0), [run("queued", None)], "empty", "running"),
        (load(), [run("failed", 13, 14)], "loaded", "failed"),
        (load(0), [run("failed", 13, 14)], "empty", "failed"),
        (load(), [run("running", 15), run("failed", 13, 14)], "loaded", "running"),
        (load(), [run("failed", 13, 14, staged=False)], "loaded", None),  # its first task failed
        # A later load outdates a failure, and so does one that committed while the other run was still at work.
        (load(run_id="other"), [run("failed", 10, 11)], "loaded", None),
        (load(run_id="other"), [run("failed", 10, 14)], "loaded", None),
        # The run published and then failed: its checks may have found something.
        (load(), [run("failed", 10, 13)], "failed", None),
        (load(), [run("failed", 10, 11)], "failed", None),  # by a clock that is behind the warehouse's
        (load(), [run("failed", 13, 14), run("failed", 10, 13)], "failed", "failed"),
        # The same run was cleared, and its second attempt failed.
        (load(run_id="r13"), [run("failed", 13, 14)], "loaded", "failed"),
    ],
)
def test_a_failure_counts_until_a_later_load_committed_and_hides_none(
    row: Any, runs: list[LoadRun], state: str, reload: str | None
) -> None:
    status = status_of(row, runs)
    assert (status.state, status.reload) == (state, reload)
    assert (status.run is None) == (state in ("missing", "loaded", "empty") and reload is None)


def test_hours_of_a_failed_window_differ_by_when_each_was_loaded() -> None:
    failed = run("failed", 10, 14, hours=5)
    before = {**load(hour=0, run_id="other"), "loaded_at": datetime(2026, 1, 1, 9)}
    loads = [before, load(hour=1), load(hour=2, run_id="other"), {**load(0, hour=3, run_id="other")}]
    rows = hours_of(PERIOD, loads, [failed])
    assert [(row["state"], row["reload"], row.get("source_lines")) for row in rows] == [
        ("loaded", "failed", 5),  # loaded before, and not again
        ("failed", None, 5),  # published by the run, which then failed
        ("loaded", None, 5),  # by another run meanwhile
        ("empty", None, 0),
        ("failed", None, None),  # never loaded
    ]


def test_a_run_is_described_by_its_window() -> None:
    failed = run("failed", hours=3)
    described = describe_run(failed)
    assert described is not None
    assert described["hours"] == 3
    assert requested_window(SimpleNamespace(conf=described["conf"])) == failed.window
    assert describe_run(None) is None


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


def test_files_of_no_hour_are_counted_once_though_several_hours_saw_them() -> None:
    rows = [
        {"source_partition": "2018-11-05T01", "failures": 2, "sample": "object_uri a\nobject_uri b"},
        {"source_partition": "2018-11-05T00", "failures": 1, "sample": "object_uri b"},
        {"source_partition": "2018-11-04T23", "failures": 1, "sample": None},
    ]
    assert unclaimed_of(rows) == {"hours": 3, "objects": 2, "sample": ["object_uri a", "object_uri b"]}
    assert unclaimed_of([]) is None
