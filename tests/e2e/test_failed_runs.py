"""A run whose hours were not published and checked is red, however it ended, and sends one message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg

from local.runner.stack import Stack
from tests.e2e.conftest import SourceBucket
from tests.e2e.messages import Messages

DAG = "sparkify_hourly"
HOUR = timedelta(hours=1)


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
def held_lock(warehouse: psycopg.Connection[tuple[object, ...]]) -> Iterator[None]:
    """Hold the writers' lock in another session: every task that publishes waits."""
    with warehouse.transaction():
        warehouse.execute("LOCK etl.load_mutex")
        yield


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


def test_a_run_marked_as_failed_while_it_loads_is_red(
    stack: Stack,
    bucket: SourceBucket,
    messages: Messages,
    warehouse: psycopg.Connection[tuple[object, ...]],
    new_day: datetime,
    events: list[list[str]],
) -> None:
    bucket.put_events(new_day, events[0])
    with held_lock(warehouse):
        run_id = stack.api.trigger_window(DAG, new_day, new_day + HOUR)
        wait_for_task(stack, run_id, "listening.load_users", "running")
        mark_failed(stack, run_id)
        assert stack.api.wait(DAG, run_id) == "failed"
    assert stack.api.tasks(DAG, run_id)["close_staging"]["state"] == "failed"
    assert len(messages.wait_for(run_id)) == 1
    # The hour is loaded after all: other tests compare the tables with all files.
    assert stack.api.wait(DAG, stack.api.trigger_window(DAG, new_day, new_day + HOUR)) == "success"


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
        stack.api.clear(DAG, run_id, ["listening.load_users"])
        assert stack.api.wait(DAG, run_id) == "failed"
        assert stack.api.tasks(DAG, run_id)["check_quality"]["state"] == "success"
    finally:
        bucket.put_events(new_day, events[0])  # other tests compare the tables with all files
