-- The source's fields, as delivered. Every run stages into a schema of its own, whose tables are made LIKE
-- these; no other table is named staging_*, so that a session without its search_path fails instead of sharing.
-- source_partition names the files that one COPY read: an hour ('2018-11-05T13') or a day ('2018-11-05'). object_uri
-- is the file of a song; a song without a song_id has none.
-- Reads: none
-- Makes: staging_template.staging_events, staging_template.staging_songs, staging_template.staging_time
CREATE TABLE IF NOT EXISTS staging_template.staging_events (
    artist VARCHAR(1024) ENCODE ZSTD,
    auth VARCHAR(64) ENCODE ZSTD,
    first_name VARCHAR(256) ENCODE ZSTD,
    gender VARCHAR(16) ENCODE ZSTD,
    item_in_session INTEGER ENCODE AZ64,
    last_name VARCHAR(256) ENCODE ZSTD,
    length DOUBLE PRECISION ENCODE ZSTD,
    level VARCHAR(16) ENCODE ZSTD,
    location VARCHAR(512) ENCODE ZSTD,
    method VARCHAR(16) ENCODE ZSTD,
    page VARCHAR(64) ENCODE ZSTD,
    registration DOUBLE PRECISION ENCODE ZSTD,
    session_id INTEGER ENCODE AZ64,
    song VARCHAR(1024) ENCODE ZSTD,
    status INTEGER ENCODE AZ64,
    ts BIGINT ENCODE AZ64,
    user_agent VARCHAR(1024) ENCODE ZSTD,
    user_id INTEGER ENCODE AZ64,
    source_partition VARCHAR(64) ENCODE ZSTD
)
DISTSTYLE EVEN;

CREATE TABLE IF NOT EXISTS staging_template.staging_songs (
    num_songs INTEGER ENCODE AZ64,
    artist_id VARCHAR(32) ENCODE ZSTD,
    artist_latitude DOUBLE PRECISION ENCODE ZSTD,
    artist_longitude DOUBLE PRECISION ENCODE ZSTD,
    artist_location VARCHAR(512) ENCODE ZSTD,
    artist_name VARCHAR(1024) ENCODE ZSTD,
    song_id VARCHAR(32) ENCODE ZSTD,
    title VARCHAR(1024) ENCODE ZSTD,
    duration DOUBLE PRECISION ENCODE ZSTD,
    year INTEGER ENCODE AZ64,
    object_uri VARCHAR(1024) ENCODE ZSTD
)
DISTSTYLE EVEN;

-- The calendar parts of the staged events' timestamps, computed once.
CREATE TABLE IF NOT EXISTS staging_template.staging_time (
    ts BIGINT NOT NULL ENCODE AZ64,
    start_time TIMESTAMP NOT NULL ENCODE AZ64,
    hour SMALLINT NOT NULL ENCODE AZ64,
    day SMALLINT NOT NULL ENCODE AZ64,
    week SMALLINT NOT NULL ENCODE AZ64,
    month SMALLINT NOT NULL ENCODE AZ64,
    year SMALLINT NOT NULL ENCODE AZ64,
    weekday SMALLINT NOT NULL ENCODE AZ64,
    PRIMARY KEY (ts)
)
DISTSTYLE ALL;
