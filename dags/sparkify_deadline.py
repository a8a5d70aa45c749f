"""Fails, and so alerts, when an hour is not loaded by its deadline, `[sparkify] deadline_minutes` after its end.

Each run looks at one hour, the one whose deadline has just passed, so a late hour is reported once.
"""

from __future__ import annotations

from airflow.sdk import DAG, Param

from sparkify.dag_defaults import dag_arguments, utc_cron
from sparkify.operators.upkeep.require_loaded import RequireLoadedOperator
from sparkify.run_windows import due_hour
from sparkify.settings import load_settings
from sparkify.sources import event_ledger

settings = load_settings()

with DAG(
    dag_id="sparkify_deadline",
    description="Report an hour that is not loaded by its deadline",
    doc_md=__doc__,
    schedule=utc_cron(f"{settings.deadline_minutes % 60} * * * *"),
    start_date=settings.start_date,
    params={
        "hour": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Hour (UTC)",
            description="The hour to look at; default: the last whose deadline has passed.",
        ),
    },
    **dag_arguments(
        settings,
        macros={"due_hour": due_hour, "deadline_minutes": settings.deadline_minutes},
        tags=["hourly"],
    ),
) as dag:
    RequireLoadedOperator(
        task_id="require_loaded",
        ledger=event_ledger(settings),
        hour="{{ due_hour(params.hour, dag_run.run_after, deadline_minutes).isoformat() }}",
        since=settings.start_date.isoformat(),
        loads_dag_id="sparkify_hourly",
    )
