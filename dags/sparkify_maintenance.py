"""Maintains the warehouse once a week: drops old staging schemas, deletes old bookkeeping rows, VACUUM and ANALYZE.

The settings `staging_retention_days`, `history_retention_days` and `quarantine_retention_days` say how long they are
kept. Nothing is deleted from the star schema unless a run is triggered with `remove_orphans`: then it deletes the rows
that come from no source file, which `sparkify_doctor` counts.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from sparkify.dag_defaults import dag_arguments, flag_param, utc_cron
from sparkify.operators.upkeep.drop_staging_schemas import DropStagingSchemasOperator
from sparkify.operators.upkeep.expire_rows import ExpireRowsOperator
from sparkify.operators.upkeep.run_scripts import RunScriptsOperator
from sparkify.operators.upkeep.vacuum_tables import VacuumTablesOperator
from sparkify.settings import load_settings
from sparkify.tables import CHURNED_TABLES, INTERLEAVED_TABLES

settings = load_settings()

with DAG(
    dag_id="sparkify_maintenance",
    description="Drop old staging schemas, expire old bookkeeping, VACUUM and ANALYZE",
    doc_md=__doc__,
    schedule=utc_cron("15 3 * * 0"),
    start_date=settings.start_date,
    params={
        "remove_orphans": flag_param(
            "Remove orphans",
            "Delete users, times, songs and artists that no source file delivers, as sparkify_doctor counts them.",
        )
    },
    **dag_arguments(settings),
) as dag:
    remove_orphans = RunScriptsOperator(
        task_id="remove_orphans",
        scripts=["upkeep/remove_orphans.sql"],
        enabled="{{ params.remove_orphans }}",
        doc_md="Does nothing unless the run's param `remove_orphans` is true.",
    )
    drop_staging_schemas = DropStagingSchemasOperator(
        task_id="drop_staging_schemas", sql_folder=settings.sql_folder, keep_days=settings.staging_retention_days
    )
    expire_history = ExpireRowsOperator(
        task_id="expire_history",
        tables={"etl.load_history": "loaded_at", "etl.quality_results": "checked_at"},
        keep_days=settings.history_retention_days,
    )
    expire_quarantine = ExpireRowsOperator(
        task_id="expire_quarantine",
        tables={"etl.rejects": "rejected_at"},
        keep_days=settings.quarantine_retention_days,
    )
    vacuum_tables = VacuumTablesOperator(
        task_id="vacuum_tables",
        tables=CHURNED_TABLES,
        interleaved=INTERLEAVED_TABLES,
        execution_timeout=timedelta(hours=6),
    )
    remove_orphans >> drop_staging_schemas >> expire_history >> expire_quarantine >> vacuum_tables
