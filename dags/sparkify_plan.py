"""Shows what a run of `sparkify_hourly` for a window would find and do: files, bytes, hours that are not loaded yet,
unchanged, changed or without files, the new song files, and the SQL. It changes nothing.
"""

from __future__ import annotations

import sparkify_hourly
from airflow.sdk import DAG

from sparkify.dag_defaults import task_defaults, window_params
from sparkify.operators.upkeep.plan_load import PlanLoadOperator

with DAG(
    dag_id="sparkify_plan",
    description="Show what a load of a window would find and do",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args=task_defaults(sparkify_hourly.settings, retries=1),
    params=window_params("First hour of the load to plan.", "End of its last hour.", required=True),
    user_defined_macros=sparkify_hourly.dag.user_defined_macros,
    tags=["sparkify", "redshift"],
) as dag:
    PlanLoadOperator(
        task_id="plan",
        hourly=sparkify_hourly.dag,
        settings=sparkify_hourly.settings,
        search_path=["public", "etl"],
        window=sparkify_hourly.WINDOW,
    )
