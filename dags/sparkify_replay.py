"""Loads the hours and song files again that have lines in quarantine (`etl.rejects`).

Run it after the cause is corrected: the file, a column's width, a limit. Lines that can be loaded leave the quarantine.
"""

from __future__ import annotations

from airflow.sdk import DAG, Param

from sparkify.dag_defaults import dag_arguments, window_params
from sparkify.operators.upkeep.find_rejects import FindRejectsOperator
from sparkify.operators.upkeep.trigger_run import TriggerRunOperator
from sparkify.settings import load_settings
from sparkify.sources import event_ledger, song_ledger

settings = load_settings()

with DAG(
    dag_id="sparkify_replay",
    description="Load again what is in quarantine",
    doc_md=__doc__,
    schedule=None,
    params={
        **window_params("First hour to look at; default: all.", "End of the last one."),
        "reason_contains": Param(
            "", type="string", title="Reason contains", description="Only lines whose reason has this in it."
        ),
    },
    **dag_arguments(settings),
) as dag:
    find_rejects = FindRejectsOperator(
        task_id="find_rejects",
        ledger=event_ledger(settings),
        files_ledger=song_ledger(settings),
        files_table="staging_songs",
        window_start="{{ params.window_start or '' }}",
        window_end="{{ params.window_end or '' }}",
        reason_contains="{{ params.reason_contains }}",
        max_window_hours=settings.max_window_hours,
    )
    TriggerRunOperator.partial(task_id="reload", trigger_dag_id="sparkify_hourly").expand_kwargs(find_rejects.output)
