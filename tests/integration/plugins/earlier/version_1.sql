-- Tables as version 1 made them (2026-11-30): those that later versions change, and those whose rows the tests need.
CREATE SCHEMA IF NOT EXISTS etl;
CREATE SCHEMA IF NOT EXISTS staging_template;

CREATE TABLE IF NOT EXISTS etl.play_deliveries (
    songplay_id CHAR(32) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE RAW,
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
COMPOUND SORTKEY (source_partition, start_time);

CREATE TABLE IF NOT EXISTS etl.latest_observations (
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    user_id INTEGER NOT NULL ENCODE RAW,
    seen_ts BIGINT NOT NULL ENCODE AZ64,
    session_id INTEGER ENCODE AZ64,
    item_in_session INTEGER ENCODE AZ64,
    first_name VARCHAR(256) ENCODE ZSTD,
    last_name VARCHAR(256) ENCODE ZSTD,
    gender VARCHAR(16) ENCODE ZSTD,
    level VARCHAR(16) ENCODE ZSTD,
    PRIMARY KEY (user_id)
)
DISTKEY (user_id)
SORTKEY (user_id);

CREATE TABLE IF NOT EXISTS etl.song_catalogue (
    song_id VARCHAR(32) NOT NULL ENCODE ZSTD,
    title VARCHAR(1024) ENCODE RAW,
    artist_id VARCHAR(32) ENCODE ZSTD,
    artist_name VARCHAR(1024) ENCODE ZSTD,
    artist_location VARCHAR(512) ENCODE ZSTD,
    artist_latitude DOUBLE PRECISION ENCODE ZSTD,
    artist_longitude DOUBLE PRECISION ENCODE ZSTD,
    year INTEGER ENCODE AZ64,
    duration DOUBLE PRECISION ENCODE ZSTD,
    PRIMARY KEY (song_id)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (title, artist_name);

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

CREATE TABLE IF NOT EXISTS etl.load_mutex (
    id INTEGER NOT NULL ENCODE RAW
)
DISTSTYLE ALL;

CREATE TABLE IF NOT EXISTS etl.load_ledger (
    target_table VARCHAR(128) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE RAW,
    partition_ts BIGINT NOT NULL ENCODE AZ64,
    manifest_hash CHAR(32) NOT NULL ENCODE ZSTD,
    object_count INTEGER NOT NULL ENCODE AZ64,
    byte_count BIGINT NOT NULL ENCODE AZ64,
    source_lines BIGINT NOT NULL ENCODE AZ64,
    staged BIGINT NOT NULL ENCODE AZ64,
    rejected BIGINT NOT NULL ENCODE AZ64,
    in_scope BIGINT NOT NULL ENCODE AZ64,
    out_of_scope BIGINT NOT NULL ENCODE AZ64,
    candidates BIGINT NOT NULL ENCODE AZ64,
    rejected_by_rule BIGINT NOT NULL ENCODE AZ64,
    duplicates BIGINT NOT NULL ENCODE AZ64,
    loaded BIGINT NOT NULL ENCODE AZ64,
    dag_id VARCHAR(250) ENCODE ZSTD,
    run_id VARCHAR(250) ENCODE ZSTD,
    task_id VARCHAR(250) ENCODE ZSTD,
    try_number INTEGER ENCODE AZ64,
    query_ids VARCHAR(1024) ENCODE ZSTD,
    seconds DOUBLE PRECISION ENCODE ZSTD,
    loaded_at TIMESTAMP ENCODE AZ64,
    PRIMARY KEY (target_table, source_partition)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (source_partition, partition_ts);

CREATE TABLE IF NOT EXISTS etl.load_history (LIKE etl.load_ledger);

CREATE TABLE IF NOT EXISTS etl.source_objects (
    target_table VARCHAR(128) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE RAW,
    partition_ts BIGINT NOT NULL ENCODE RAW,
    object_uri VARCHAR(1024) NOT NULL ENCODE ZSTD,
    etag VARCHAR(128) NOT NULL ENCODE ZSTD,
    byte_count BIGINT NOT NULL ENCODE AZ64,
    last_modified TIMESTAMP ENCODE AZ64,
    source_lines BIGINT ENCODE AZ64,
    run_id VARCHAR(250) ENCODE ZSTD,
    loaded_at TIMESTAMP ENCODE AZ64,
    PRIMARY KEY (target_table, source_partition, object_uri)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (partition_ts, object_uri);

CREATE TABLE IF NOT EXISTS etl.source_scans (
    target_table VARCHAR(128) NOT NULL ENCODE ZSTD,
    folder_uri VARCHAR(1024) NOT NULL ENCODE ZSTD,
    listed_at TIMESTAMP NOT NULL ENCODE AZ64,
    seconds DOUBLE PRECISION NOT NULL ENCODE ZSTD,
    object_count BIGINT NOT NULL ENCODE AZ64,
    fingerprint VARCHAR(4096) NOT NULL ENCODE ZSTD,
    PRIMARY KEY (target_table, folder_uri)
)
DISTSTYLE ALL;

CREATE TABLE IF NOT EXISTS etl.left_schemas (
    schema_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    first_seen TIMESTAMP NOT NULL ENCODE AZ64,
    PRIMARY KEY (schema_name)
)
DISTSTYLE ALL;

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
    year INTEGER ENCODE AZ64
)
DISTSTYLE EVEN;

CREATE TABLE IF NOT EXISTS staging_template.staged_partitions (
    table_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    start_ts BIGINT NOT NULL ENCODE AZ64,
    end_ts BIGINT NOT NULL ENCODE AZ64,
    manifest_hash CHAR(32) NOT NULL ENCODE ZSTD,
    object_count INTEGER NOT NULL ENCODE AZ64,
    byte_count BIGINT NOT NULL ENCODE AZ64,
    source_lines BIGINT NOT NULL ENCODE AZ64,
    staged BIGINT NOT NULL ENCODE AZ64,
    rejected BIGINT NOT NULL ENCODE AZ64,
    query_id BIGINT ENCODE AZ64,
    seconds DOUBLE PRECISION ENCODE ZSTD,
    PRIMARY KEY (table_name, source_partition)
)
DISTSTYLE ALL;

CREATE TABLE IF NOT EXISTS etl.migrations (
    number INTEGER NOT NULL ENCODE AZ64,
    name VARCHAR(128) NOT NULL ENCODE ZSTD,
    applied_at TIMESTAMP NOT NULL ENCODE AZ64,
    PRIMARY KEY (number)
)
DISTSTYLE ALL;

CREATE TABLE IF NOT EXISTS staging_template.staged_unclaimed (
    table_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    object_uri VARCHAR(1024) NOT NULL ENCODE ZSTD,
    reason VARCHAR(256) NOT NULL ENCODE ZSTD,
    PRIMARY KEY (table_name, object_uri)
)
DISTSTYLE ALL;
