"""A run whose hours were not published and checked is red, however it ended, and sends one message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

import psycopg
import pytest

from local.runner.stack import Stack
from sparkify.run_windows import staging_schema
from tests.support.messages import Messages
from tests.support.source_bucket import SourceBucket

DAG = "sparkify_hourly"
HOUR = timedelta(hours=1)
#: For each task a table that it waits for, and the task to hold before when the table is there only then, or is used by
#: others before.
HELD = {
    "open_staging": "staging_template.staging_events",
    "stage.stage_events": "etl.source_objects",
    "stage.build_staging_time": "{schema}.staging_time",
    "load.load_users": "{schema}.run_observations",
    "load.load_songplays": "{schema}.run_plays",
    "audit_run": "etl.quality_results",
    "publish": "etl.load_mutex",
    "check_quality": "etl.quality_results",
}
#: Before anything is staged, under the writers' lock, and when the hour is published; ``make test-all`` has the others.
TRIED_ALWAYS = ("open_staging", "publish", "check_quality")
HELD_BEFORE = {
    "stage.build_staging_time": "stage.stage_events",
    "load.load_users": "stage.stage_events",
    "load.load_songplays": "stage.stage_events",
    "check_quality": "publish",
}


def mark_failed(stack: Stack, run_id: str) -> None:
    """Mark a run as failed, by the request that the UI sends."""
    stack.api.request("PATCH", f"/dags/{DAG}/dagRuns/{run_id}", json={"state": "failed"})


def wait_for_task(stack: Stack, run_id: str, task_id: str, state: str) -> None:
    stack.api.wait_until(
        lambda: stack.api.tasks(DAG, run_id).get(task_id, {}).get("state") == state,
        120,
        lambda: f"{task_id} of {run_id} is not {state}",
    )


@contextmanager
def held(stack: Stack, table: str) -> Iterator[None]:
    """Hold a table in another session: every task that uses it waits."""
    with psycopg.connect(stack.redshift.dsn()) as other:
        other.execute(f"LOCK {table}")
        yield
        other.rollback()


@contextmanager
def held_at(stack: Stack, hour: datetime, task_id: str) -> Iterator[str]:
    """Start a run that loads an hour and hold it at a task; yields the run's id while the task waits."""
    with ExitStack() as locks:
        earlier = HELD_BEFORE.get(task_id)
        first = locks.enter_context(ExitStack())
        first.enter_context(held(stack, HELD[earlier or task_id]))
        run_id = stack.api.trigger_window(DAG, hour, hour + HOUR)
        if earlier:  # what holds the task would hold earlier ones too, or is not there before
            wait_for_task(stack, run_id, earlier, "running")
            locks.enter_context(held(stack, HELD[task_id].format(schema=staging_schema(DAG, run_id))))
            first.close()
        wait_for_task(stack, run_id, task_id, "running")
        yield run_id


def is_loaded(warehouse: psycopg.Connection[tuple[object, ...]], hour: datetime) -> bool:
    query = "SELECT 1 FROM etl.load_ledger WHERE target_table = 'songplays' AND source_partition = %s"
    return warehouse.execute(query, (f"{hour:%Y-%m-%dT%H}",)).fetchone() is not None


def test_a_run_marked_as_failed_before_its_first_task_is_red(
    stack: Stack, messages: Messages, new_day: datetime
) -> None:
    run_id = stack.api.trigger_window(DAG, new_day, new_day + HOUR)
    mark_failed(stack, run_id)
    assert stack.api.wait(DAG, run_id) == "failed"
    wait_for_task(stack, run_id, "confirm_opened", "failed")
    [message] = messages.wait_for(run_id)
    assert "The run was ended before open_staging ran: nothing was loaded" in message["text"]


@pytest.mark.parametrize(
    "task_id",
    [task_id if task_id in TRIED_ALWAYS else pytest.param(task_id, marks=pytest.mark.exhaustive) for task_id in HELD],
)
def test_a_run_marked_as_failed_at_any_task_is_red_and_goes_on_when_cleared(
    stack: Stack,
    bucket: SourceBucket,
    messages: Messages,
    warehouse: psycopg.Connection[tuple[object, ...]],
    new_day: datetime,
    events: list[list[str]],
    task_id: str,
) -> None:
    bucket.put_events(new_day, events[0])
    with held_at(stack, new_day, task_id) as run_id:
        mark_failed(stack, run_id)
        assert stack.api.wait(DAG, run_id) == "failed"
    states = {name: task["state"] for name, task in stack.api.tasks(DAG, run_id).items()}
    assert "failed" in (states["close_staging"], states["confirm_opened"])
    assert is_loaded(warehouse, new_day) == (task_id == "check_quality")
    assert len(messages.wait_for(run_id)) == 1
    stack.api.clear(DAG, run_id, list(states))
    assert stack.api.wait(DAG, run_id) == "success"
    assert is_loaded(warehouse, new_day)
    assert len(messages.of(run_id)) == 1


def test_clearing_a_task_whose_set_up_then_fails_leaves_the_run_red(
    stack: Stack,
    bucket: SourceBucket,
    warehouse: psycopg.Connection[tuple[object, ...]],
    new_day: datetime,
    events: list[list[str]],
) -> None:
    bucket.put_events(new_day, events[0])
    run_id = stack.api.trigger_window(DAG, new_day, new_day + HOUR)
    assert stack.api.wait(DAG, run_id) == "success"
    assert is_loaded(warehouse, new_day)
    try:
        bucket.put_events(new_day, ['{"broken": '])
        stack.api.clear(DAG, run_id, ["audit_run"])
        assert stack.api.wait(DAG, run_id) == "failed"
        assert stack.api.tasks(DAG, run_id)["check_quality"]["state"] == "success"
    finally:
        bucket.put_events(new_day, events[0])  # other tests compare the tables with all files
