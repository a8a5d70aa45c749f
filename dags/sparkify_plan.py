"""Shows what a run of `sparkify_hourly` for a window would find and do: files, bytes, hours that are not loaded yet,
unchanged, changed or without files, the new song files, and the SQL. It changes nothing.
"""

from __future__ import annotations

from airflow.sdk import DAG

from sparkify.dag_defaults import dag_arguments, window_params
from sparkify.operators.upkeep.plan_load import PlanLoadOperator
from sparkify.settings import load_settings
from sparkify.star import FILES_OF_RUN

settings = load_settings()

with DAG(
    dag_id="sparkify_plan",
    description="Show what a load of a window would find and do",
    doc_md=__doc__,
    schedule=None,
    params=window_params("First hour of the load to plan.", "End of its last hour.", required=True),
    **dag_arguments(settings, alerts_on_failure=False, tasks={"retries": 1}),
) as dag:
    PlanLoadOperator(task_id="plan", settings=settings, sql_files=FILES_OF_RUN)
