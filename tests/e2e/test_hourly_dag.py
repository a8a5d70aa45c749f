"""The hourly DAG through the real scheduler, driven through the API that the UI uses.

The tests build on each other: they are the first to load anything, and in their order.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.runner.stack import Stack
from sparkify.tables import STAR_COLUMNS
from tests.support import oracle
from tests.support.source_bucket import SourceBucket

DAG = "sparkify_hourly"
START = datetime(2018, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
RETRY_DELAY = 3


def trigger_hour(stack: Stack, number: int) -> str:
    """Trigger a run within the hour that follows, whose data interval is then the hour; return the run's id."""
    return stack.api.trigger(DAG, logical_date=START + (number + 1.5) * HOUR)


def run_hour(stack: Stack, number: int) -> str:
    """Trigger the run of an hour and wait for it; return its id."""
    run_id = trigger_hour(stack, number)
    stack.api.wait(DAG, run_id)
    return run_id


def state(stack: Stack, run_id: str) -> str:
    return str(stack.api.run(DAG, run_id)["state"])


def explain(stack: Stack, run_id: str) -> str:
    """Return the last log entries of the tasks that did not succeed."""
    failed = {name: task for name, task in stack.api.tasks(DAG, run_id).items() if task["state"] == "failed"}
    return "\n".join(
        f"{name}: {stack.api.log(DAG, run_id, name, task['try_number'])[-5:]}" for name, task in failed.items()
    )


def star(stack: Stack) -> dict[str, set[Any]]:
    """Return the rows of the star tables; a row that is there twice is an error."""
    tables = {}
    with psycopg.connect(**stack.redshift.connection(), autocommit=True) as connection:
        for table in oracle.Star().tables():
            columns = ", ".join(f'"{name}"' for name in STAR_COLUMNS[table])
            rows = [*map(oracle.exact, connection.execute(f"SELECT {columns} FROM public.{table}").fetchall())]
            assert len(rows) == len(set(rows))
            tables[table] = set(rows)
    return tables


def expected(stack: Stack, hours: range) -> dict[str, set[Any]]:
    """Return the rows that the hours' files must end in, by the oracle."""
    bucket = stack.folder / "s3" / stack.settings.bucket
    labels = {f"{START + number * HOUR:%Y-%m-%dT%H}" for number in hours}
    events = {hour: found for hour, found in oracle.read_hourly_logs(bucket / "log_data").items() if hour in labels}
    return oracle.compute_star(events, oracle.read_songs(bucket / "song_data")).tables()


def test_an_hour_triggered_by_hand_loads_its_data_interval(stack: Stack) -> None:
    run_id = run_hour(stack, 1)
    assert state(stack, run_id) == "success", explain(stack, run_id)
    assert star(stack) == expected(stack, range(1, 2))


def returned(stack: Stack, run_id: str, task_id: str) -> dict[str, Any]:
    """Return what a task of a run returned."""
    path = f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
    return dict(stack.api.get(path, deserialize=True)["value"])


@pytest.fixture(scope="module")
def loaded_run(stack: Stack) -> str:
    """A run that has loaded hour 0; the tests clear tasks of it, and each leaves it green."""
    run_id = run_hour(stack, 0)
    assert returned(stack, run_id, "publish")["tables"]["songplays"]["inserted"] > 0
    return run_id


@pytest.mark.parametrize(
    ("task_id", "downstream"),
    [
        ("publish", False),
        pytest.param("audit_run", False, marks=pytest.mark.exhaustive),
        pytest.param("check_quality", False, marks=pytest.mark.exhaustive),
        # of a set-up task Airflow clears no set-ups, unless of tasks downstream
        ("load.load_songplays", True),
        pytest.param("stage.stage_songs", True, marks=pytest.mark.exhaustive),
    ],
)
def test_clearing_a_task_builds_its_run_again_and_changes_nothing(
    stack: Stack, loaded_run: str, task_id: str, downstream: bool
) -> None:
    before = star(stack)
    cleared = stack.api.clear(DAG, loaded_run, [task_id], downstream=downstream)
    assert {task["task_id"] for task in cleared} >= {
        *("open_staging", "stage.stage_events", "load.load_songplays", "load.load_artists"),
        *(task_id, "close_staging"),
    }
    assert stack.api.wait(DAG, loaded_run) == "success", explain(stack, loaded_run)
    assert star(stack) == before
    counts = returned(stack, loaded_run, "publish")["tables"]
    assert {count for table in counts.values() for count in table.values()} == {0}


def test_a_load_that_is_cleared_alone_fails_and_says_what_to_clear(stack: Stack, loaded_run: str) -> None:
    before = star(stack)
    stack.api.clear(DAG, loaded_run, ["load.load_users"])
    assert stack.api.wait(DAG, loaded_run) == "failed"
    task = stack.api.tasks(DAG, loaded_run)["load.load_users"]
    assert task["state"] == "failed"
    log = str(stack.api.log(DAG, loaded_run, "load.load_users", task["try_number"]))
    assert "first task and downstream, not this task alone" in log
    assert star(stack) == before
    stack.api.clear(DAG, loaded_run, ["load.load_users"], downstream=True)
    assert stack.api.wait(DAG, loaded_run) == "success", explain(stack, loaded_run)
    assert star(stack) == before


def test_a_backfill_in_parallel_and_a_window_end_in_the_same_tables(stack: Stack) -> None:
    backfill = stack.api.backfill(DAG, START, START + 3 * HOUR, max_active_runs=4)
    assert backfill
    stack.api.wait_until(
        lambda: stack.api.count_runs(DAG, ["success", "failed"], START, START + 3 * HOUR) >= 4,
        300,
        lambda: "the backfill does not end",
    )
    assert star(stack) == expected(stack, range(4))
    before = star(stack)
    run_id = stack.api.trigger_window(DAG, START, START + 4 * HOUR)
    assert stack.api.wait(DAG, run_id) == "success", explain(stack, run_id)
    assert star(stack) == before


def test_a_try_that_fails_is_retried_after_its_backoff_and_both_logs_are_there(stack: Stack) -> None:
    stack.s3.stop()
    run_id = trigger_hour(stack, 4)
    task = "stage.stage_events"
    stack.api.wait_until(
        lambda: stack.api.tasks(DAG, run_id)[task]["state"] == "up_for_retry", 120, lambda: "the try does not fail"
    )
    with stack.marked():
        stack.s3.start()
    assert stack.api.wait(DAG, run_id) == "success", explain(stack, run_id)
    tries = stack.api.tries(DAG, run_id, task)
    assert [attempt["state"] for attempt in tries][-1] == "success"
    assert len(tries) >= 2
    first, second = tries[0], tries[1]
    pause = datetime.fromisoformat(second["start_date"]) - datetime.fromisoformat(first["end_date"])
    assert pause >= timedelta(seconds=RETRY_DELAY)
    for attempt in (first, second):
        assert stack.api.log(DAG, run_id, task, attempt["try_number"])
    assert star(stack) == expected(stack, range(5))


def test_a_malformed_line_fails_at_once_and_names_file_and_line(stack: Stack, bucket: SourceBucket) -> None:
    before = star(stack)
    hour = START + 30 * HOUR
    key = f"log_data/{hour:%Y/%m/%d/%H}/broken.json.gz"
    bucket.put(key, gzip.compress(b'{"page": "Home"}\n{"page": "Ho'))
    run_id = run_hour(stack, 30)
    assert state(stack, run_id) == "failed"
    task = stack.api.tasks(DAG, run_id)["stage.stage_events"]
    assert (task["state"], task["try_number"]) == ("failed", 1)
    log = str(stack.api.log(DAG, run_id, "stage.stage_events", 1))
    assert key in log
    assert "line 2" in log
    assert star(stack) == before


def test_a_window_that_makes_no_sense_fails_at_once_with_the_reason(stack: Stack) -> None:
    run_id = stack.api.trigger_window(DAG, START + HOUR, START)
    assert stack.api.wait(DAG, run_id) == "failed"
    task = stack.api.tasks(DAG, run_id)["open_staging"]
    assert (task["state"], task["try_number"]) == ("failed", 1)
    assert "empty or reversed" in str(stack.api.log(DAG, run_id, "open_staging", 1))


def test_a_run_without_interval_and_window_says_what_it_needs(stack: Stack) -> None:
    run_id = stack.api.trigger(DAG)
    assert stack.api.wait(DAG, run_id) == "failed"
    assert "Trigger it again with window_start" in str(stack.api.log(DAG, run_id, "open_staging", 1))


def test_nothing_is_left_of_successful_runs_but_the_tables(stack: Stack) -> None:
    with psycopg.connect(**stack.redshift.connection(), autocommit=True) as connection:
        kept = connection.execute("SELECT COUNT(*) FROM pg_namespace WHERE nspname LIKE 'run%'").fetchone()
    manifests = list(Path(stack.folder, "s3", stack.settings.bucket, "manifests").rglob("*.manifest"))
    failed = sum(run["state"] == "failed" for run in stack.api.runs(DAG))
    assert kept is not None
    assert kept[0] <= failed
    assert len(manifests) <= failed
