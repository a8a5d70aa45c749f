"""Creates the schemas and tables of the warehouse, and migrates those of an earlier version.

Safe to run at any time: existing tables are kept, and each migration is applied once. It does not migrate while a run
of sparkify_hourly is running.
"""

from __future__ import annotations

from airflow.sdk import DAG

from sparkify.dag_defaults import dag_arguments, flag_param
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
    params={
        "drop_existing": flag_param(
            "Drop existing tables",
            "Drop every table of the pipeline first, the ledger included. All loaded data is lost.",
        )
    },
    **dag_arguments(settings, tags=["setup"], alerts_on_failure=False),
) as dag:
    drop_tables = RunScriptsOperator(
        task_id="drop_tables",
        scripts=["tables/drop.sql"],
        enabled="{{ params.drop_existing }}",
        lock=None,  # the table of the lock may not be there, and goes as well
        doc_md="Does nothing unless the run's param `drop_existing` is true.",
    )
    create_tables = CreateTablesOperator(
        task_id="create_tables",
        sql_folder=settings.sql_folder,
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
        comments=["tables/comments_star.sql", "tables/comments_staging.sql", "tables/comments_etl.sql"],
        grants="tables/grants_readers.sql",
        reader_group=READER_GROUP,
        loaded_by="sparkify_hourly",
    )
    drop_tables >> create_tables
