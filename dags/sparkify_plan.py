"""Shows what a run of `sparkify_hourly` for a window would find and do. It changes nothing.

It shows each hour's files and bytes and whether the hour is unloaded, unchanged, changed or without files; the number
of new song files; and the SQL.
"""

from __future__ import annotations

from airflow.sdk import DAG

from sparkify.dag_defaults import dag_arguments, window_params
from sparkify.operators.upkeep.plan_load import PlanLoadOperator
from sparkify.settings import load_settings
from sparkify.sources import event_ledger, event_source, song_ledger, song_source
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
    PlanLoadOperator(
        task_id="plan",
        source=event_source(settings),
        ledger=event_ledger(settings),
        files=song_source(settings),
        files_ledger=song_ledger(settings),
        max_window_hours=settings.max_window_hours,
        sql_folder=settings.sql_folder,
        sql_files=FILES_OF_RUN,
    )
