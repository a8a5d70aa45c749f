"""A run that fails is told once, with what there is to know."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from local.runner.stack import Stack
from tests.support.messages import Messages
from tests.support.source_bucket import SourceBucket

HOURLY, DEADLINE = "sparkify_hourly", "sparkify_deadline"
HOUR = timedelta(hours=1)


def test_a_failed_run_is_one_message_with_file_line_and_link(
    stack: Stack, bucket: SourceBucket, messages: Messages, new_day: datetime
) -> None:
    address = bucket.put_events(new_day, ['{"broken": '])
    run_id = stack.api.trigger_window(HOURLY, new_day, new_day + HOUR)
    assert stack.api.wait(HOURLY, run_id) == "failed"
    [message] = messages.wait_for(run_id)
    assert message["subject"] == f"{HOURLY} failed: {new_day:%Y-%m-%dT%H:%MZ} to {new_day + HOUR:%Y-%m-%dT%H:%MZ}"
    assert address in message["text"]
    assert "stage.stage_events: " in message["text"]
    assert ", since " in message["text"]
    assert message["text"].endswith("/tasks/stage.stage_events")
    assert message["link"].startswith(f"{stack.address}/dags/{HOURLY}/runs/")
    time.sleep(3)
    assert len(messages.of(run_id)) == 1


def test_an_hour_that_is_not_loaded_by_its_deadline_is_told(
    stack: Stack, messages: Messages, new_day: datetime
) -> None:
    stack.api.wait_for_dag(DEADLINE)
    stack.api.unpause(DEADLINE)
    run_id = stack.api.trigger(DEADLINE, conf={"hour": new_day.isoformat()})
    assert stack.api.wait(DEADLINE, run_id) == "failed"
    [message] = messages.wait_for(run_id)
    assert "was not loaded by its deadline. Nothing is loaded since" in message["text"]
