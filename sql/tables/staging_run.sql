-- What a run's files say, made of its staging and not yet published. Every row names the partition, or the file, that
-- it is of. docs/loading.md says how the star is derived from these and from what other runs published.
-- Reads: none
-- Makes: staging_template.run_artists, staging_template.run_loads, staging_template.run_observations,
--     staging_template.run_plays, staging_template.run_songs, staging_template.run_times
CREATE TABLE IF NOT EXISTS staging_template.run_plays (
    songplay_id CHAR(32) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    start_time TIMESTAMP NOT NULL ENCODE AZ64,
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
    PRIMARY KEY (songplay_id, source_partition)
)
DISTKEY (user_id);

CREATE TABLE IF NOT EXISTS staging_template.run_observations (
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
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
DISTKEY (user_id);

CREATE TABLE IF NOT EXISTS staging_template.run_times (
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    start_time TIMESTAMP NOT NULL ENCODE AZ64,
    hour SMALLINT NOT NULL ENCODE AZ64,
    day SMALLINT NOT NULL ENCODE AZ64,
    week SMALLINT NOT NULL ENCODE AZ64,
    month SMALLINT NOT NULL ENCODE AZ64,
    year SMALLINT NOT NULL ENCODE AZ64,
    weekday SMALLINT NOT NULL ENCODE AZ64,
    PRIMARY KEY (source_partition, start_time)
)
DISTSTYLE EVEN;

-- content_hash is of the whole line, the artist's fields included; run_artists has these, of the same line.
CREATE TABLE IF NOT EXISTS staging_template.run_songs (
    file_hash CHAR(32) NOT NULL ENCODE ZSTD,
    object_uri VARCHAR(1024) NOT NULL ENCODE ZSTD,
    song_id VARCHAR(32) NOT NULL ENCODE ZSTD,
    title VARCHAR(1024) ENCODE ZSTD,
    artist_id VARCHAR(32) ENCODE ZSTD,
    year INTEGER ENCODE AZ64,
    duration DOUBLE PRECISION ENCODE ZSTD,
    content_hash CHAR(32) NOT NULL ENCODE ZSTD,
    copies INTEGER NOT NULL ENCODE AZ64,
    PRIMARY KEY (file_hash, song_id)
)
DISTSTYLE EVEN;

CREATE TABLE IF NOT EXISTS staging_template.run_artists (
    file_hash CHAR(32) NOT NULL ENCODE ZSTD,
    song_id VARCHAR(32) NOT NULL ENCODE ZSTD,
    name VARCHAR(1024) ENCODE ZSTD,
    location VARCHAR(512) ENCODE ZSTD,
    latitude DOUBLE PRECISION ENCODE ZSTD,
    longitude DOUBLE PRECISION ENCODE ZSTD,
    PRIMARY KEY (file_hash, song_id)
)
DISTSTYLE EVEN;

-- What was built, of which staging (by its as_of), and last the publish with its result: a table is published only as
-- it was built of what is staged, and a run only once.
CREATE TABLE IF NOT EXISTS staging_template.run_loads (
    table_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    row_count BIGINT NOT NULL ENCODE AZ64,
    as_of TIMESTAMP NOT NULL ENCODE AZ64,
    result VARCHAR(65535) ENCODE ZSTD,
    PRIMARY KEY (table_name)
)
DISTSTYLE ALL;
