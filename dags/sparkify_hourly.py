"""Loads the hour's event logs and the new song files from S3 into the star schema on Redshift."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, CronDataIntervalTimetable, Param, TaskGroup

from sparkify import alerts
from sparkify.dag_defaults import task_defaults, window_params
from sparkify.operators.audit_staging import AuditStagingOperator
from sparkify.operators.close_staging import CloseStagingOperator
from sparkify.operators.confirm_opened import ConfirmOpenedOperator
from sparkify.operators.data_quality import DataQualityOperator
from sparkify.operators.load_dimension import LoadDimensionOperator
from sparkify.operators.load_fact import LoadFactOperator
from sparkify.operators.open_staging import OpenStagingOperator
from sparkify.operators.stage_to_redshift import StageToRedshiftOperator
from sparkify.quality import checks_from
from sparkify.settings import load_settings
from sparkify.source_keys import ExpectedKeys
from sparkify.staging import run_window, staging_schema
from sparkify.tables import (
    EVENT_COLUMNS,
    EVENT_IDENTITY,
    PLAY_DETAILS,
    SONG_COLUMNS,
    SONG_DETAILS,
    SONG_IDENTITY,
    STAGING_TABLES,
    STAR_COLUMNS,
)

settings = load_settings()

STAGING_SCHEMA = "{{ staging_schema(dag.dag_id, run_id) }}"
WINDOW = "run_window(params, dag_run, max_window_hours)"
WINDOW_START = f"{{{{ {WINDOW}.start.isoformat() }}}}"
WINDOW_END = f"{{{{ {WINDOW}.end.isoformat() }}}}"

AUDIT_CHECKS = {
    "error": ["guard/staged_events.sql", "guard/staged_songs.sql"],
    "warn": [
        "audit/files_claimed.sql",
        "audit/timestamps_valid.sql",
        "audit/pages_known.sql",
        "audit/sessions_known.sql",
        "audit/plays_complete.sql",
        "audit/songs_identified.sql",
        "audit/songs_complete.sql",
        "audit/songs_distinct.sql",
    ],
}
DRIFT_CHECKS = ["audit/events_drifted.sql", "audit/songs_drifted.sql"]
DRIFT_SEVERITY = {"fail": "error", "warn": "warn"}[settings.on_drift]
QUALITY_CHECKS = {
    "error": [
        "quality/songplays_has_rows.sql",
        "quality/users_has_rows.sql",
        "quality/songs_has_rows.sql",
        "quality/artists_has_rows.sql",
        "quality/time_has_rows.sql",
        "quality/loaded_equals_ledger.sql",
        "quality/conservation.sql",
        "quality/songplays_unique.sql",
        "quality/songplays_references.sql",
        "quality/users_unique.sql",
        "quality/time_unique.sql",
        "quality/songs_unique.sql",
        "quality/artists_unique.sql",
    ],
    "warn": ["quality/levels_known.sql", "quality/plays_have_users.sql", "quality/volume_as_usual.sql"],
}

with DAG(
    dag_id="sparkify_hourly",
    description="S3 event logs and song files to the star schema on Redshift, hour by hour",
    # sparkify_plan.py imports this file, and would have the DAG registered as one of its own.
    auto_register=False,
    doc_md=(Path(__file__).parent / "sparkify_hourly.md").read_text(encoding="utf-8"),
    schedule=CronDataIntervalTimetable("@hourly", timezone="UTC"),
    start_date=settings.start_date,
    catchup=settings.catchup,
    max_active_runs=settings.max_active_runs,
    template_searchpath=[settings.sql_folder],
    user_defined_macros={
        "staging_schema": staging_schema,
        "run_window": run_window,
        "max_window_hours": settings.max_window_hours,
        **alerts.macros(),
    },
    on_failure_callback=alerts.notifiers(settings),
    render_template_as_native_obj=False,
    default_args=task_defaults(
        settings, search_path=[STAGING_SCHEMA, "public", "etl"], execution_timeout=timedelta(hours=2)
    ),
    params={
        **window_params(
            "First hour to load; give window_end as well. Empty: the last full hour before the logical date.",
            "End of the last hour to load; the hour that begins here is not loaded.",
        ),
        "accept_removed": Param(
            False,
            type="boolean",
            title="Accept removed files",
            description="Load the window even if files that it was loaded from before are gone from S3.",
        ),
    },
    tags=["sparkify", "redshift", "hourly"],
) as dag:
    open_staging = OpenStagingOperator(
        task_id="open_staging",
        staging_schema=STAGING_SCHEMA,
        template_schema="staging_template",
        tables=STAGING_TABLES,
        views_sql=["load/run_events.sql"],
        window_start=WINDOW_START,
        window_end=WINDOW_END,
    ).as_setup()

    with TaskGroup("stage", tooltip="COPY from S3 into the run's staging schema, then audit it") as stage:
        source = {
            "aws_conn_id": settings.aws_conn_id,
            "bucket": settings.source_bucket,
            "manifest_bucket": settings.manifest_bucket,
            "manifest_prefix": settings.manifest_prefix,
            "copy_role": settings.copy_role,
            "region": settings.region,
            "max_rejected": settings.max_rejected_rows,
            "max_rejected_share": settings.max_rejected_share,
        }
        stage_events = StageToRedshiftOperator(
            task_id="stage_events",
            table="staging_events",
            columns=EVENT_COLUMNS,
            prefix=settings.log_prefix,
            other_prefixes=settings.other_prefixes,
            layout=settings.log_layout,
            window_start=WINDOW_START,
            window_end=WINDOW_END,
            accept_removed="{{ params.accept_removed }}",
            ledger_target="songplays",
            ruled_out_sql="load/ruled_out_plays.sql",
            ruled_out_columns=["ts", "page"],
            ruled_out_table="songplays",
            **source,
        ).as_setup()
        stage_songs = StageToRedshiftOperator(
            task_id="stage_songs",
            table="staging_songs",
            columns=SONG_COLUMNS,
            prefix=settings.song_prefix,
            only_new=True,
            listing_share=settings.song_listing_share,
            partition_column=None,
            ledger_target="songs",
            **source,
        ).as_setup()
        build_staging_time = LoadDimensionOperator(
            task_id="build_staging_time",
            table="staging_time",
            columns=STAR_COLUMNS["staging_time"],
            key=["ts"],
            sql="load/staging_time.sql",
            mode="replace",
            guard_sql=["guard/staged_events.sql"],
            lock=None,
        ).as_setup()
        audit_staging = AuditStagingOperator(
            task_id="audit_staging",
            checks=checks_from(AUDIT_CHECKS) + checks_from({DRIFT_SEVERITY: DRIFT_CHECKS}),
            explained={
                "events_drifted": ExpectedKeys("staging_events", EVENT_COLUMNS, EVENT_IDENTITY),
                "songs_drifted": ExpectedKeys("staging_songs", SONG_COLUMNS, SONG_IDENTITY),
                "plays_complete": ExpectedKeys("staging_events", EVENT_COLUMNS, PLAY_DETAILS),
                "songs_complete": ExpectedKeys("staging_songs", SONG_COLUMNS, SONG_DETAILS),
            },
            aws_conn_id=settings.aws_conn_id,
            results_table="etl.quality_results",
            source_partition=WINDOW_START,
        )
        stage_events >> build_staging_time
        [stage_songs, build_staging_time] >> audit_staging

    with TaskGroup("catalogue", tooltip="Songs, artists, and the earlier plays they complete") as catalogue:
        from_songs = {
            "guard_sql": ["guard/staged_songs.sql"],
            "only_if_sql": "load/staged_song_files.sql",
        }
        load_songs = LoadDimensionOperator(
            task_id="load_songs",
            table="public.songs",
            columns=STAR_COLUMNS["songs"],
            key=["song_id"],
            before_sql=["load/candidate_songs.sql"],
            sql="load/songs.sql",
            **from_songs,
        )
        load_artists = LoadDimensionOperator(
            task_id="load_artists",
            table="public.artists",
            columns=STAR_COLUMNS["artists"],
            key=["artist_id"],
            before_sql=["load/candidate_songs.sql"],
            sql="load/artists.sql",
            **from_songs,
        )
        complete_plays = LoadFactOperator(
            task_id="complete_plays",
            table="public.songplays",
            columns=STAR_COLUMNS["songplays"],
            key=["songplay_id"],
            prune_by="timestamp",
            mode="update",
            before_sql=["load/candidate_songs.sql", "load/catalogue.sql"],
            sql="load/completed_plays.sql",
            after_sql=["load/settle_catalogue.sql", "load/ledger_songs.sql", "load/stale_listings.sql"],
            **from_songs,
        )
        load_songs >> load_artists >> complete_plays

    with TaskGroup("listening", tooltip="Times and users of the hour's plays") as listening:
        from_events = {"guard_sql": ["guard/staged_events.sql", "guard/staging_time.sql"]}
        load_time = LoadDimensionOperator(
            task_id="load_time",
            table="public.time",
            columns=STAR_COLUMNS["time"],
            key=["start_time"],
            prune_by="start_time",
            mode="append",
            sql="load/time.sql",
            **from_events,
        )
        load_users = LoadDimensionOperator(
            task_id="load_users",
            table="public.users",
            columns=STAR_COLUMNS["users"],
            key=["user_id"],
            before_sql=["load/candidate_users.sql"],
            sql="load/users.sql",
            **from_events,
        )

    load_songplays = LoadFactOperator(
        task_id="load_songplays",
        table="public.songplays",
        columns=STAR_COLUMNS["songplays"],
        key=["songplay_id"],
        scope="affected_plays",
        prune_by="timestamp",
        mode="upsert",
        before_sql=["load/candidate_users.sql", "load/candidate_plays.sql", "load/deliveries.sql"],
        sql="load/songplays.sql",
        after_sql=["load/settle_dimensions.sql", "load/rejects_events.sql", "load/ledger_songplays.sql"],
        assert_sql=["guard/conservation_songplays.sql"],
        report_sql="load/figures_songplays.sql",
        **from_events,
    )
    check_quality = DataQualityOperator(
        task_id="check_quality",
        checks=checks_from(QUALITY_CHECKS),
        results_table="etl.quality_results",
        source_partition=WINDOW_START,
        assets={
            "sparkify_songs": [load_songs.task_id],
            "sparkify_artists": [load_artists.task_id],
            "sparkify_time": [load_time.task_id],
            "sparkify_users": [load_users.task_id],
            "sparkify_songplays": [complete_plays.task_id, load_songplays.task_id],
        },
    )
    # Two teardowns, because a run can be ended by hand before its set-ups ran, and close_staging would be skipped then.
    close_staging = CloseStagingOperator(
        task_id="close_staging", staging_schema=STAGING_SCHEMA, checked_by="check_quality", retries=0
    ).as_teardown(setups=open_staging, on_failure_fail_dagrun=True)
    confirm_opened = ConfirmOpenedOperator(task_id="confirm_opened", opened_by="open_staging", retries=0).as_teardown(
        on_failure_fail_dagrun=True
    )

    (
        open_staging
        >> stage
        >> [catalogue, listening]
        >> load_songplays
        >> check_quality
        >> [close_staging, confirm_opened]
    )
