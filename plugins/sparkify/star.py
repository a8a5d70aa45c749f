"""How the star is derived from what a run has built and from what earlier runs published: the steps, in their order.

Bookkeeping comes first, because every row of the star is derived from it: ``songplays`` and ``time`` from the plays'
deliveries, ``users`` from the users' observations, ``songs`` and ``artists`` from the songs' deliveries. Songs
come before plays, so that new songs complete earlier plays in the same commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sparkify.checks import AUDIT_CHECKS, CHECK_BOUNDS, DRIFT_CHECKS, QUALITY_CHECKS
from sparkify.loading.earlier_loads import EarlierQueries
from sparkify.loading.steps import Bounds, Merge, Script, SqlStep, Step
from sparkify.loading.table_changes import Target
from sparkify.tables import STAR_COLUMNS

#: The star's tables, by their names in results and asset events.
STAR_TABLES = {name: f"public.{name}" for name in ("songplays", "users", "songs", "artists", "time")}

_LATEST = ("source_partition", "user_id", "seen_ts", "session_id", "item_in_session")
_NAMES = ("first_name", "last_name", "gender", "level")

RUN_BOUNDS = Bounds(
    "publish/bounds_of_run.sql",
    names=("partitions", "file_hours", "days", "rejects", "song_files", "song_uris"),
)

#: What earlier loads left of the run's hours and song files.
EARLIER = EarlierQueries(
    "publish/earlier_hours.sql",
    fact_days="days",
    files=Script("publish/earlier_files.sql", when="song_files"),
)

_SONGS: tuple[Step, ...] = (
    Bounds("publish/bounds_of_songs.sql", when="song_files", names=("files_left", "song_ids", "listings")),
    Script("publish/ranked_songs.sql", when="files_left"),
    Bounds(
        "publish/bounds_of_catalogue.sql",
        when="files_left",
        names=("withdrawn_song_files", "reranked_songs", "gone_songs", "artist_ids", "changed_songs"),
    ),
    Script("publish/song_deliveries.sql", when="files_left"),
    Script("publish/songs.sql", when="files_left"),
    Merge(
        Target(
            table="public.songs",
            columns=STAR_COLUMNS["songs"],
            key=("song_id",),
            within="song_id",
            bounds="song_ids",
        ),
        candidate="ranked_songs",
        chosen="c.choice = 1",
        when="song_ids",
    ),
    Script("publish/shown_artists.sql", when="artist_ids"),
    Script("publish/artists.sql", when="artist_ids"),
    Merge(
        Target(
            table="public.artists",
            columns=STAR_COLUMNS["artists"],
            key=("artist_id",),
            within="artist_id",
            bounds="artist_ids",
        ),
        candidate="shown_artists",
        when="artist_ids",
    ),
)
_PLAYS: tuple[Step, ...] = (
    Script("publish/ranked_plays.sql"),
    Script("publish/touched_plays.sql", when="changed_songs"),
    Bounds(
        "publish/bounds_of_plays.sql",
        names=(
            "withdrawn_days",
            "reranked_days",
            "reranked_partitions",
            "users",
            "shown_days",
            "known_days",
            "titles",
        ),
    ),
    Script("publish/play_deliveries.sql"),
)
_USERS: tuple[Step, ...] = (
    Bounds("publish/withdrawn_users.sql", when="earlier_partitions", names=("withdrawn_users",)),
    Script("publish/latest_users.sql", when="users"),
    Script("publish/user_observations.sql"),
    Merge(
        Target(
            table="etl.user_observations",
            columns=(*_LATEST, *_NAMES),
            key=("source_partition", "user_id"),
            within="source_partition",
            bounds="earlier_partitions",
        ),
        candidate="run_observations",
        when="users",
    ),
    Script("publish/users.sql"),
    Merge(
        Target(
            table="etl.latest_observations",
            columns=_LATEST,
            key=("user_id",),
            within="user_id",
            bounds="users",
        ),
        candidate="latest_users",
        when="users",
    ),
    Merge(
        Target(
            table="public.users",
            columns=STAR_COLUMNS["users"],
            key=("user_id",),
            within="user_id",
            bounds="users",
        ),
        candidate="latest_users",
        when="users",
    ),
)
_FACT: tuple[Step, ...] = (
    Script("publish/shown_plays.sql"),
    Script("publish/songplays.sql"),
    Merge(
        Target(
            table="public.songplays",
            columns=STAR_COLUMNS["songplays"],
            key=("songplay_id",),
            within="timestamp",
            bounds="known_days",
        ),
        candidate="shown_plays",
        when="shown_days",
    ),
    Script("publish/time.sql"),
)
_LEDGER: tuple[Step, ...] = (
    Script("publish/old_rejects.sql"),
    Script("publish/rejects.sql", when="rejects"),
    Script("publish/song_rejects.sql", when="files_left"),
    Script("publish/load_ledger.sql"),
    Script("publish/songs_ledger.sql", when="files_left"),
    Script("publish/load_history.sql"),
    Script("publish/source_objects.sql"),
    Script("publish/song_objects.sql", when="files_left"),
    Script("publish/folder_listings.sql", when="listings"),
)

STEPS: tuple[Step, ...] = (Script("publish/leave_others.sql"), *_SONGS, *_PLAYS, *_USERS, *_FACT, *_LEDGER)

#: What must be true before the commit.
ASSERTIONS: tuple[Script, ...] = (
    Script("publish/published_plays.sql"),
    Script("publish/published_songs.sql", when="song_ids"),
)

#: The SQL files that a run of the hourly DAG runs, by step and in their order; a test compares them with the DAG's.
FILES_OF_RUN: Mapping[str, Sequence[str]] = {
    "stage": (
        "stage/schema_version.sql",
        "stage/run_events.sql",
        "stage/run_song_lines.sql",
        "stage/rejected_plays.sql",
        "stage/staging_time.sql",
    ),
    "load": (
        "load/songs.sql",
        "load/artists.sql",
        "load/observations.sql",
        "load/times.sql",
        "load/plays.sql",
    ),
    "audit": (*AUDIT_CHECKS["error"], *AUDIT_CHECKS["warn"], *DRIFT_CHECKS),
    "publish": (
        RUN_BOUNDS.sql,
        *EARLIER.serialize(),
        *(step.sql for step in (*STEPS, *ASSERTIONS) if isinstance(step, SqlStep)),
        "publish/record_result.sql",
    ),
    "check": (*(bounds.sql for bounds in CHECK_BOUNDS), *QUALITY_CHECKS["error"], *QUALITY_CHECKS["warn"]),
}
