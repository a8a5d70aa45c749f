"""The pipeline's tables as the DAGs name them: columns, and where in the source each field is.

The definitions are in ``sql/tables``; a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Who may read and nothing else; sql/tables/grants_readers.sql names it too.
READER_GROUP = "sparkify_readers"

#: staging_events: column → JSONPath in an event of the app's log.
EVENT_COLUMNS: Mapping[str, str] = {
    "artist": "$['artist']",
    "auth": "$['auth']",
    "first_name": "$['firstName']",
    "gender": "$['gender']",
    "item_in_session": "$['itemInSession']",
    "last_name": "$['lastName']",
    "length": "$['length']",
    "level": "$['level']",
    "location": "$['location']",
    "method": "$['method']",
    "page": "$['page']",
    "registration": "$['registration']",
    "session_id": "$['sessionId']",
    "song": "$['song']",
    "status": "$['status']",
    "ts": "$['ts']",
    "user_agent": "$['userAgent']",
    "user_id": "$['userId']",
}

#: staging_songs: column → JSONPath in a song file.
SONG_COLUMNS: Mapping[str, str] = {
    name: f"$['{name}']"
    for name in (
        "num_songs",
        "artist_id",
        "artist_latitude",
        "artist_longitude",
        "artist_location",
        "artist_name",
        "song_id",
        "title",
        "duration",
        "year",
    )
}

#: The columns that identify an event, and a song: sql/audit/*_drifted.sql look at these.
EVENT_IDENTITY = ("ts", "page", "session_id", "item_in_session", "user_id")
SONG_IDENTITY = ("song_id", "title", "artist_id")
#: What else the star shows of a play, and of a song: sql/audit/*_complete.sql look at these.
PLAY_DETAILS = (
    *("song", "artist", "length", "level", "location", "user_agent"),
    *("first_name", "last_name", "gender"),
)
SONG_DETAILS = ("title", "artist_name", "duration", "year")

#: Milliseconds since 1970 that are a timestamp, the end exclusive: from 2000-01-01 to 2099-12-31. SQL knows them as
#: ``:first_valid_ts`` and ``:end_valid_ts``.
VALID_TS = (946_684_800_000, 4_102_444_800_000)
SQL_VALUES = {"first_valid_ts": VALID_TS[0], "end_valid_ts": VALID_TS[1]}

#: The tables of a run's staging schema.
STAGING_TABLES = (
    "staging_events",
    "staging_songs",
    "staging_time",
    "run_partitions",
    "staged_partitions",
    "staged_objects",
    "staged_rejects",
    "run_plays",
    "run_observations",
    "run_times",
    "run_songs",
    "run_artists",
    "run_loads",
)

#: The table on which all writers queue.
WRITERS_LOCK = "etl.load_mutex"

_CALENDAR = ("hour", "day", "week", "month", "year", "weekday")

#: The tables that a run builds of its staging, with their columns.
RUN_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "run_plays": (
        "songplay_id",
        "source_partition",
        "start_time",
        "user_id",
        "level",
        "session_id",
        "location",
        "user_agent",
        "title",
        "artist",
        "length",
        "content_hash",
        "copies",
    ),
    "run_observations": (
        "source_partition",
        "user_id",
        "seen_ts",
        "session_id",
        "item_in_session",
        "first_name",
        "last_name",
        "gender",
        "level",
    ),
    "run_times": ("source_partition", "start_time", *_CALENDAR),
    "run_songs": (
        "file_hash",
        "object_uri",
        "song_id",
        "title",
        "artist_id",
        "year",
        "duration",
        "content_hash",
        "copies",
    ),
    "run_artists": ("file_hash", "song_id", "name", "location", "latitude", "longitude"),
}

#: The star schema's tables, and staging_time, with their columns.
STAR_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "songplays": (
        "songplay_id",
        "timestamp",
        "user_id",
        "level",
        "song_id",
        "artist_id",
        "session_id",
        "location",
        "user_agent",
    ),
    "users": ("user_id", "first_name", "last_name", "gender", "level"),
    "songs": ("song_id", "title", "artist_id", "year", "duration"),
    "artists": ("artist_id", "name", "location", "latitude", "longitude"),
    "time": ("start_time", *_CALENDAR),
    "staging_time": ("ts", "start_time", *_CALENDAR),
}

#: The tables that hours delete from and insert into, the most written first.
CHURNED_TABLES = (
    "etl.play_deliveries",
    "public.songplays",
    "public.time",
    "etl.user_observations",
    "etl.latest_observations",
    "public.users",
    "etl.song_deliveries",
    "public.songs",
    "public.artists",
    "etl.load_ledger",
    "etl.source_objects",
    "etl.quality_results",
    "etl.rejects",
)
#: Those of them with an interleaved sort key (docs/decisions/0011).
INTERLEAVED_TABLES = ("etl.song_deliveries",)
