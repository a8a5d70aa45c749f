"""Loads the hour's event logs and the new song files from S3 into the star schema on Redshift."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, CronDataIntervalTimetable, TaskGroup

from sparkify.checks import CHECK_BOUNDS, QUALITY_CHECKS, audit_checks
from sparkify.dag_defaults import SEARCH_PATH, TIMEZONE, dag_arguments, flag_param, window_params
from sparkify.loading.quality import checks_from
from sparkify.loading.table_load import Fill, TableLoad
from sparkify.operators.audit_staging import AuditStagingOperator
from sparkify.operators.close_staging import CloseStagingOperator
from sparkify.operators.confirm_opened import ConfirmOpenedOperator
from sparkify.operators.data_quality import DataQualityOperator
from sparkify.operators.load_dimension import LoadDimensionOperator
from sparkify.operators.load_fact import LoadFactOperator
from sparkify.operators.open_staging import OpenStagingOperator
from sparkify.operators.publish import PublishOperator
from sparkify.operators.stage_new_files import StageNewFilesOperator
from sparkify.operators.stage_partitions import StagePartitionsOperator
from sparkify.run_windows import run_window, staging_schema
from sparkify.settings import load_settings
from sparkify.source.source_keys import ExpectedKeys
from sparkify.sources import event_ledger, event_source, song_ledger, song_source
from sparkify.staging.copy_settings import CopySettings, RejectLimit
from sparkify.staging.rejected_by_rule import RejectRule
from sparkify.staging.staged_table import KeyedTable, PartitionedTable
from sparkify.star import ASSERTIONS, EARLIER, RUN_BOUNDS, STAR_TABLES, STEPS
from sparkify.tables import (
    EVENT_COLUMNS,
    EVENT_IDENTITY,
    PLAY_DETAILS,
    RUN_COLUMNS,
    SONG_COLUMNS,
    SONG_DETAILS,
    SONG_IDENTITY,
    SQL_VALUES,
    STAGING_TABLES,
    STAR_COLUMNS,
)

settings = load_settings()

STAGING_SCHEMA = "{{ staging_schema(dag.dag_id, run_id) }}"
WINDOW = "{{ run_window(params, dag_run) }}"

with DAG(
    dag_id="sparkify_hourly",
    description="S3 event logs and song files to the star schema on Redshift, hour by hour",
    doc_md=(Path(__file__).parent / "sparkify_hourly.md").read_text(encoding="utf-8"),
    schedule=CronDataIntervalTimetable("@hourly", timezone=TIMEZONE),
    start_date=settings.start_date,
    params={
        **window_params(
            "First hour to load; give window_end as well. Empty: the last full hour before the logical date.",
            "End of the last hour to load; the hour that begins here is not loaded.",
        ),
        "accept_removed": flag_param(
            "Accept removed files", "Load the window even if files that it was loaded from before are gone from S3."
        ),
    },
    **dag_arguments(
        settings,
        catchup=settings.catchup,
        max_active_runs=settings.max_active_runs,
        macros={
            "staging_schema": staging_schema,
            "run_window": partial(run_window, max_hours=settings.max_window_hours),
        },
        tags=["hourly"],
        tasks={
            "search_path": [STAGING_SCHEMA, *SEARCH_PATH],
            "sql_values": SQL_VALUES,
            "execution_timeout": timedelta(hours=2),
        },
    ),
) as dag:
    open_staging = OpenStagingOperator(
        task_id="open_staging",
        staging_schema=STAGING_SCHEMA,
        template_schema="staging_template",
        tables=STAGING_TABLES,
        version_sql="stage/schema_version.sql",
        created_by="sparkify_create_tables",
        views_sql=["stage/run_events.sql", "stage/run_song_lines.sql"],
        window=WINDOW,
    ).as_setup()

    with TaskGroup("stage", tooltip="COPY from S3 into the run's own schema"):
        copying: dict[str, Any] = {
            "copy_settings": CopySettings(settings.copy_role, settings.manifest_bucket or "", settings.manifest_prefix),
            "reject_limit": RejectLimit(settings.max_rejected_rows, settings.max_rejected_share),
            "accept_removed": "{{ params.accept_removed }}",
        }
        stage_events = StagePartitionsOperator(
            task_id="stage_events",
            table=PartitionedTable("staging_events", EVENT_COLUMNS),
            source=event_source(settings),
            window=WINDOW,
            ledger=event_ledger(settings),
            reject_rule=RejectRule("stage/rejected_plays.sql", columns=["ts", "page"], target="songplays"),
            **copying,
        ).as_setup()
        stage_songs = StageNewFilesOperator(
            task_id="stage_songs",
            table=KeyedTable("staging_songs", SONG_COLUMNS, row_key="song_id"),
            source=song_source(settings),
            ledger=song_ledger(settings),
            listing_share=settings.song_listing_share,
            **copying,
        ).as_setup()
        build_staging_time = LoadDimensionOperator(
            task_id="build_staging_time",
            load=TableLoad("staging_time", STAR_COLUMNS["staging_time"], key=["ts"], sql="stage/staging_time.sql"),
            mode=Fill(),
        ).as_setup()
        stage_events >> build_staging_time

    with TaskGroup("load", tooltip="What the run's files say of each table, in the run's own schema") as load:
        from_events = Fill(staged_as="staging_events")
        from_songs = Fill(staged_as="staging_songs", files_staged_by=stage_songs.task_id)
        load_songs = LoadDimensionOperator(
            task_id="load_songs",
            load=TableLoad(
                "run_songs",
                RUN_COLUMNS["run_songs"],
                key=["file_hash", "song_id"],
                sql="load/songs.sql",
            ),
            mode=from_songs,
        ).as_setup()
        load_artists = LoadDimensionOperator(
            task_id="load_artists",
            load=TableLoad(
                "run_artists",
                RUN_COLUMNS["run_artists"],
                key=["file_hash", "song_id"],
                sql="load/artists.sql",
            ),
            mode=from_songs,
        ).as_setup()
        load_users = LoadDimensionOperator(
            task_id="load_users",
            load=TableLoad(
                "run_observations",
                RUN_COLUMNS["run_observations"],
                key=["source_partition", "user_id"],
                sql="load/observations.sql",
            ),
            mode=from_events,
        ).as_setup()
        load_time = LoadDimensionOperator(
            task_id="load_time",
            load=TableLoad(
                "run_times",
                RUN_COLUMNS["run_times"],
                key=["source_partition", "start_time"],
                sql="load/times.sql",
            ),
            mode=from_events,
        ).as_setup()
        load_songplays = LoadFactOperator(
            task_id="load_songplays",
            load=TableLoad(
                "run_plays",
                RUN_COLUMNS["run_plays"],
                key=["songplay_id", "source_partition"],
                sql="load/plays.sql",
            ),
            mode=from_events,
        ).as_setup()
        stage_songs >> [load_songs, load_artists]
        build_staging_time >> [load_users, load_time, load_songplays]

    audit_run = AuditStagingOperator(
        task_id="audit_run",
        checks=checks_from(audit_checks(settings.on_drift)),
        expected_keys={
            "events_drifted": ExpectedKeys("staging_events", EVENT_COLUMNS, EVENT_IDENTITY),
            "songs_drifted": ExpectedKeys("staging_songs", SONG_COLUMNS, SONG_IDENTITY),
            "plays_complete": ExpectedKeys("staging_events", EVENT_COLUMNS, PLAY_DETAILS),
            "songs_complete": ExpectedKeys("staging_songs", SONG_COLUMNS, SONG_DETAILS),
        },
        otherwise="set [sparkify] on_drift to warn",
        results_table="etl.quality_results",
        window=WINDOW,
    )
    publish = PublishOperator(
        task_id="publish",
        guard_sql="audit/run_is_whole.sql",
        run_bounds=RUN_BOUNDS,
        earlier=EARLIER,
        steps=STEPS,
        tables=STAR_TABLES,
        assert_steps=ASSERTIONS,
        result_sql="publish/record_result.sql",
    )
    check_quality = DataQualityOperator(
        task_id="check_quality",
        checks=checks_from(QUALITY_CHECKS),
        results_table="etl.quality_results",
        window=WINDOW,
        bounds=CHECK_BOUNDS,
        published_by=publish.task_id,
        assets={f"sparkify_{name}": name for name in STAR_TABLES},
    )
    # Two teardowns, because a run can be ended by hand before its set-ups ran, and close_staging would be skipped then.
    # It closes every set-up, because a set-up that is cleared by itself runs without those before it, and may fail.
    set_ups = [task for task in dag.tasks if task.is_setup]
    close_staging = CloseStagingOperator(
        task_id="close_staging", staging_schema=STAGING_SCHEMA, checked_by="check_quality", retries=0
    ).as_teardown(setups=set_ups, on_failure_fail_dagrun=True)
    confirm_opened = ConfirmOpenedOperator(task_id="confirm_opened", opened_by="open_staging", retries=0).as_teardown(
        on_failure_fail_dagrun=True
    )

    open_staging >> [stage_events, stage_songs]
    load >> audit_run >> publish >> check_quality >> [close_staging, confirm_opened]
