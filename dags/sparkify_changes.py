"""Reports, every day, the hours whose files changed, appeared or disappeared after the load, and song files that did.

With the param `reload` it also starts runs of `sparkify_hourly` for exactly those hours. With `accept_removed` it does
so for hours with files that are gone too, and their rows are removed. If only song files are gone, it starts a run of
the newest loaded hour. Without a window it looks at the days before the newest loaded hour.
"""

from __future__ import annotations

from airflow.sdk import DAG

from sparkify.dag_defaults import dag_arguments, flag_param, utc_cron, window_params
from sparkify.operators.upkeep.detect_changes import DetectChangesOperator
from sparkify.operators.upkeep.trigger_run import TriggerRunOperator
from sparkify.settings import load_settings
from sparkify.sources import event_ledger, event_source, song_ledger, song_source

settings = load_settings()

with DAG(
    dag_id="sparkify_changes",
    description="Compare S3 with what was loaded, and load again what differs if asked to",
    doc_md=__doc__,
    schedule=utc_cron("30 4 * * *"),
    start_date=settings.start_date,
    params={
        **window_params(
            "First hour to compare; default: 35 days before the newest loaded hour.",
            "End of the last hour to compare; default: that of the newest loaded hour.",
        ),
        "reload": flag_param("Load again", "Start runs of sparkify_hourly for exactly the hours that differ."),
        "accept_removed": flag_param(
            "Accept removed files",
            "Also load hours again whose files are gone, and remove the songs of song files that are gone. Their rows "
            "are removed.",
        ),
    },
    **dag_arguments(settings),
) as dag:
    detect_changes = DetectChangesOperator(
        task_id="detect_changes",
        source=event_source(settings),
        ledger=event_ledger(settings),
        files=song_source(settings),
        files_ledger=song_ledger(settings),
        window_start="{{ params.window_start or '' }}",
        window_end="{{ params.window_end or '' }}",
        reload="{{ params.reload }}",
        accept_removed="{{ params.accept_removed }}",
        max_window_hours=settings.max_window_hours,
    )
    TriggerRunOperator.partial(task_id="reload", trigger_dag_id="sparkify_hourly").expand_kwargs(detect_changes.output)
