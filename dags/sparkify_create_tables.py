"""Creates the schemas and tables of the warehouse, and brings those of an earlier version up to date.

Safe to run at any time: what exists stays as it is, and each migration is applied once. It does not
migrate while a run of sparkify_hourly is running.
"""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import DAG, Param

from sparkify.dag_defaults import task_defaults
from sparkify.operators.upkeep.create_tables import CreateTablesOperator
from sparkify.operators.upkeep.run_scripts import RunScriptsOperator
from sparkify.settings import load_settings
from sparkify.tables import READER_GROUP

settings = load_settings()

with DAG(
    dag_id="sparkify_create_tables",
    description="Create the star schema, the staging templates and the bookkeeping tables",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    template_searchpath=[settings.sql_folder],
    default_args=task_defaults(settings),
    params={
        "drop_existing": Param(
            False,
            type="boolean",
            title="Drop existing tables",
            description="Drop every table of the pipeline first, the ledger included. All loaded data is lost.",
        )
    },
    tags=["sparkify", "redshift", "setup"],
) as dag:
    drop_tables = RunScriptsOperator(
        task_id="drop_tables",
        scripts=["tables/drop.sql"],
        enabled="{{ params.drop_existing }}",
        doc_md="Does nothing unless the run's param `drop_existing` is true.",
    )
    create_tables = CreateTablesOperator(
        task_id="create_tables",
        scripts=[
            "tables/schemas.sql",
            "tables/staging.sql",
            "tables/staging_control.sql",
            "tables/staging_run.sql",
            "tables/star.sql",
            "tables/etl_sources.sql",
            "tables/etl_ledger.sql",
            "tables/etl_upkeep.sql",
        ],
        migrations_folder=str(Path(settings.sql_folder) / "migrations"),
        loaded_by="sparkify_hourly",
        comments=["tables/comments_star.sql", "tables/comments_staging.sql", "tables/comments_etl.sql"],
        grants="tables/grants_readers.sql",
        reader_group=READER_GROUP,
        search_path=["public", "etl"],
    )
    drop_tables >> create_tables
