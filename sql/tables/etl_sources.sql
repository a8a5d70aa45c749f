-- The cleaned sources that stand behind the star, and the mutex on which writers queue.
-- Reads: none
-- Makes: etl.latest_observations, etl.load_mutex, etl.play_deliveries, etl.song_deliveries, etl.user_observations

-- Locked first by every writer's transaction and read by nobody: LOCK is ACCESS EXCLUSIVE, and taking it before
-- any statement with a snapshot makes all that earlier writers committed visible.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html
CREATE TABLE IF NOT EXISTS etl.load_mutex (
    id INTEGER NOT NULL ENCODE RAW
)
DISTSTYLE ALL;

-- One row per play and partition that delivered it (copies times over); songplays shows the one with is_shown.
-- Sorted by start_time, because the deliveries of a play share it, whichever partitions they are of.
CREATE TABLE IF NOT EXISTS etl.play_deliveries (
    songplay_id CHAR(32) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    start_time TIMESTAMP NOT NULL ENCODE RAW,
    user_id INTEGER ENCODE AZ64,
    level VARCHAR(16) ENCODE ZSTD,
    session_id INTEGER ENCODE AZ64,
    location VARCHAR(512) ENCODE ZSTD,
    user_agent VARCHAR(1024) ENCODE ZSTD,
    title VARCHAR(1024) ENCODE ZSTD,
    artist VARCHAR(1024) ENCODE ZSTD,
    length DOUBLE PRECISION ENCODE ZSTD,
    content_hash CHAR(32) NOT NULL ENCODE ZSTD,
    copies INTEGER NOT NULL ENCODE AZ64,
    is_shown BOOLEAN NOT NULL ENCODE ZSTD,
    PRIMARY KEY (songplay_id, source_partition)
)
DISTKEY (user_id)
SORTKEY (start_time);

-- Per partition and user, what the user's last event said of them.
CREATE TABLE IF NOT EXISTS etl.user_observations (
    source_partition VARCHAR(64) NOT NULL ENCODE RAW,
    user_id INTEGER NOT NULL ENCODE AZ64,
    seen_ts BIGINT NOT NULL ENCODE AZ64,
    session_id INTEGER ENCODE AZ64,
    item_in_session INTEGER ENCODE AZ64,
    first_name VARCHAR(256) ENCODE ZSTD,
    last_name VARCHAR(256) ENCODE ZSTD,
    gender VARCHAR(16) ENCODE ZSTD,
    level VARCHAR(16) ENCODE ZSTD,
    PRIMARY KEY (source_partition, user_id)
)
DISTKEY (user_id)
COMPOUND SORTKEY (source_partition, user_id);

-- Which of a user's observations is the latest, the one that users shows: with it, an hour need not read the users'
-- whole history.
CREATE TABLE IF NOT EXISTS etl.latest_observations (
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    user_id INTEGER NOT NULL ENCODE RAW,
    seen_ts BIGINT NOT NULL ENCODE AZ64,
    session_id INTEGER ENCODE AZ64,
    item_in_session INTEGER ENCODE AZ64,
    PRIMARY KEY (user_id)
)
DISTKEY (user_id)
SORTKEY (user_id);

-- One row per song file and song_id in it (copies times over). Songs, artists and the songs of plays are made of the
-- ones with is_shown: of the files that share a song_id, that of the lowest content. The file is known by the MD5 of
-- its URI, whose first characters differ. Rows are sought by each of the four: docs/decisions/0011.
CREATE TABLE IF NOT EXISTS etl.song_deliveries (
    file_hash CHAR(32) NOT NULL ENCODE ZSTD,
    object_uri VARCHAR(1024) NOT NULL ENCODE ZSTD,
    song_id VARCHAR(32) NOT NULL ENCODE ZSTD,
    title VARCHAR(1024) ENCODE ZSTD,
    artist_id VARCHAR(32) ENCODE ZSTD,
    artist_name VARCHAR(1024) ENCODE ZSTD,
    artist_location VARCHAR(512) ENCODE ZSTD,
    artist_latitude DOUBLE PRECISION ENCODE ZSTD,
    artist_longitude DOUBLE PRECISION ENCODE ZSTD,
    year INTEGER ENCODE AZ64,
    duration DOUBLE PRECISION ENCODE ZSTD,
    content_hash CHAR(32) NOT NULL ENCODE ZSTD,
    copies INTEGER NOT NULL ENCODE AZ64,
    is_shown BOOLEAN NOT NULL ENCODE ZSTD,
    PRIMARY KEY (file_hash, song_id)
)
DISTSTYLE EVEN
INTERLEAVED SORTKEY (song_id, title, artist_id, file_hash);
