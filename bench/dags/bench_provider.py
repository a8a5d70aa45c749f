"""The same loads by the Amazon provider's operators: S3ToRedshiftOperator, then SQLExecuteQueryOperator.

As its users write it: staging emptied and copied whole every hour, the hour's rows deleted and inserted. It counts no
source lines, keeps no rejects, checks only that rows are there, and has to be run in the order of time.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from airflow.providers.amazon.aws.transfers.s3_to_redshift import S3ToRedshiftOperator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG, CronDataIntervalTimetable, Param

from sparkify.tables import STAR_COLUMNS

SCHEMA = "rival_provider"
KEYS = {
    "songplays": "songplay_id",
    "users": "user_id",
    "songs": "song_id",
    "artists": "artist_id",
    "time": "start_time",
}
setup = json.loads(Path(__file__).with_suffix(".json").read_text())
WINDOW = "params.window_start or data_interval_start.isoformat()"
HOUR_FOLDER = f"{{{{ ({WINDOW})[:13].replace('-', '/').replace('T', '/') }}}}"


def load(table: str) -> SQLExecuteQueryOperator:
    """Return the task that loads a table."""
    key, select = KEYS[table], setup["selects"][table]
    columns = ", ".join(f'"{name}"' for name in STAR_COLUMNS[table])
    return SQLExecuteQueryOperator(
        task_id=f"load_{table}",
        conn_id="sparkify_redshift",
        sql=[
            f"CREATE TEMP TABLE fresh AS {select}",
            f"DELETE FROM {SCHEMA}.{table} USING fresh WHERE {table}.{key} = fresh.{key}",
            f"INSERT INTO {SCHEMA}.{table} ({columns}) SELECT {columns} FROM fresh",
        ],
        split_statements=False,
    )


with DAG(
    dag_id="bench_provider",
    schedule=CronDataIntervalTimetable("@hourly", timezone="UTC"),
    start_date=datetime(2018, 11, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    params={"window_start": Param(None, type=["null", "string"])},
) as dag:
    stage_events = S3ToRedshiftOperator(
        task_id="stage_events",
        schema=SCHEMA,
        table="staging_events",
        s3_bucket=setup["bucket"],
        s3_key=f"log_data/{HOUR_FOLDER}/",
        column_list=setup["event_columns"],
        copy_options=[f"JSON 's3://{setup['bucket']}/{setup['event_paths']}'", "GZIP"],
        redshift_conn_id="sparkify_redshift",
        aws_conn_id="sparkify_aws",
        method="REPLACE",
    )
    stage_songs = S3ToRedshiftOperator(
        task_id="stage_songs",
        schema=SCHEMA,
        table="staging_songs",
        s3_bucket=setup["bucket"],
        s3_key="song_data/",
        copy_options=["JSON 'auto'"],
        redshift_conn_id="sparkify_redshift",
        aws_conn_id="sparkify_aws",
        method="REPLACE",
    )
    check = SQLExecuteQueryOperator(
        task_id="check",
        conn_id="sparkify_redshift",
        sql=f"SELECT COUNT(*), COUNT(DISTINCT songplay_id) FROM {SCHEMA}.songplays",
    )
    load_songplays = load("songplays")
    [stage_events, stage_songs] >> load_songplays
    load_songplays >> [load(name) for name in ("users", "songs", "artists", "time")] >> check
