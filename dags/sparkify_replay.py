"""Loads again the hours and song files of which lines are in quarantine (`etl.rejects`).

Run it when the cause is corrected: the file, a column's width, a limit. What can be loaded now leaves the quarantine.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Param

from sparkify import alerts
from sparkify.operators.find_rejects import FindRejectsOperator
from sparkify.settings import load_settings

settings = load_settings()

with DAG(
    dag_id="sparkify_replay",
    description="Load again what is in quarantine",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    user_defined_macros=alerts.macros(),
    on_failure_callback=alerts.notifiers(settings),
    default_args={
        "owner": "data-engineering",
        "on_failure_callback": alerts.keep_failure,
        "retries": 4,
        "retry_delay": timedelta(seconds=settings.retry_delay_seconds),
        "retry_exponential_backoff": True,
    },
    params={
        "window_start": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Window start (UTC)",
            description="First hour to look at; default: all.",
        ),
        "window_end": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Window end (UTC)",
            description="End of the last one.",
        ),
        "reason_contains": Param(
            "", type="string", title="Reason contains", description="Only lines whose reason has this in it."
        ),
    },
    tags=["sparkify", "redshift"],
) as dag:
    find_rejects = FindRejectsOperator(
        task_id="find_rejects",
        redshift_conn_id=settings.redshift_conn_id,
        window_start="{{ params.window_start or '' }}",
        window_end="{{ params.window_end or '' }}",
        reason_contains="{{ params.reason_contains }}",
        max_window_hours=settings.max_window_hours,
    )
    TriggerDagRunOperator.partial(
        task_id="reload", trigger_dag_id="sparkify_hourly", logical_date=None, skip_when_already_exists=True
    ).expand_kwargs(find_rejects.output)
