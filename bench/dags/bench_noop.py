"""The graph of sparkify_hourly with tasks that do nothing: what Airflow itself takes for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import DAG, BaseOperator, CronDataIntervalTimetable

if TYPE_CHECKING:
    from airflow.sdk import Context


class NoOperation(BaseOperator):
    """Does nothing, in a process of its own: Airflow never starts one for an EmptyOperator."""

    def execute(self, context: Context) -> None:
        """Do nothing."""


with DAG(
    dag_id="bench_noop",
    schedule=CronDataIntervalTimetable("@hourly", timezone="UTC"),
    start_date=datetime(2018, 11, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=16,
) as dag:
    shape = json.loads(Path(__file__).with_suffix(".json").read_text())
    tasks = {}
    for task_id in shape:
        task = NoOperation(task_id=task_id.replace(".", "_"))
        if shape[task_id]["setup"]:
            task.as_setup()
        tasks[task_id] = task
    for task_id, kind in shape.items():
        if kind["teardown"]:
            tasks[task_id].as_teardown()
        for upstream in kind["upstream"]:
            tasks[upstream] >> tasks[task_id]
