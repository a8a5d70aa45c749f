"""A file that is corrected after its hour was loaded is found and loaded again through the real scheduler."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import psycopg

from local.runner.loading import HOURLY
from local.runner.stack import Stack
from tests.support.source_bucket import SourceBucket

CHANGES = "sparkify_changes"
HOUR = timedelta(hours=1)


def test_a_corrected_file_is_found_and_exactly_its_hour_loaded_again(
    stack: Stack,
    bucket: SourceBucket,
    warehouse: psycopg.Connection[Any],
    new_day: datetime,
    events: list[list[str]],
) -> None:
    for number in range(3):
        bucket.put_events(new_day + number * HOUR, events[number])
    assert stack.api.wait(HOURLY, stack.api.trigger_window(HOURLY, new_day, new_day + 3 * HOUR)) == "success"
    corrected = events[1][: len(events[1]) // 2]
    bucket.put_events(new_day + HOUR, corrected)
    stack.api.wait_for_dag(CHANGES)
    stack.api.unpause(CHANGES)
    run_id = stack.api.trigger_window(CHANGES, new_day, new_day + 3 * HOUR, reload=True)
    assert stack.api.wait(CHANGES, run_id) == "success"
    reload = f"changes__{run_id}__{new_day + HOUR:%Y-%m-%dT%H}__1h"
    assert stack.api.wait(HOURLY, reload) == "success"
    links = stack.api.get(f"/dags/{CHANGES}/dagRuns/{run_id}/taskInstances/reload/links", map_index=0)
    assert links["extra_links"]["Triggered run"].endswith(f"/dags/{HOURLY}/runs/{quote(reload, safe='')}")
    rows = warehouse.execute(
        "SELECT source_lines FROM etl.load_ledger WHERE target_table = 'songplays' AND source_partition LIKE %s"
        " ORDER BY source_partition",
        (f"{new_day:%Y-%m-%d}%",),
    ).fetchall()
    assert [row[0] for row in rows] == [len(events[0]), len(corrected), len(events[2])]
    again = stack.api.trigger_window(CHANGES, new_day, new_day + 3 * HOUR, reload=True)
    assert stack.api.wait(CHANGES, again) == "success"
    assert stack.api.tasks(CHANGES, again)["reload"]["state"] == "skipped"
