"""Shows what a run of `sparkify_hourly` for a window would find and do: files, bytes, hours that are not loaded yet,
unchanged, changed or without files, the new song files, and the SQL. It changes nothing.
"""

from __future__ import annotations

from datetime import timedelta

import sparkify_hourly
from airflow.sdk import DAG, Param

from sparkify.operators.plan_load import PlanLoadOperator

with DAG(
    dag_id="sparkify_plan",
    description="Show what a load of a window would find and do",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={
        "owner": "data-engineering",
        "retries": 1,
        "retry_delay": timedelta(seconds=sparkify_hourly.settings.retry_delay_seconds),
    },
    params={
        "window_start": Param(
            type="string", format="date-time", title="Window start (UTC)", description="First hour of the load to plan."
        ),
        "window_end": Param(
            type="string", format="date-time", title="Window end (UTC)", description="End of its last hour."
        ),
    },
    user_defined_macros=sparkify_hourly.dag.user_defined_macros,
    tags=["sparkify", "redshift"],
) as dag:
    PlanLoadOperator(
        task_id="plan",
        hourly=sparkify_hourly.dag,
        settings=sparkify_hourly.settings,
        search_path=["public", "etl"],
        window_start=sparkify_hourly.WINDOW_START,
        window_end=sparkify_hourly.WINDOW_END,
    )
