-- What was loaded, from which version of which files, and how it adds up.
-- Reads: none
-- Makes: etl.folder_listings, etl.load_history, etl.load_ledger, etl.quality_results, etl.rejects, etl.source_objects

-- One row per target table and source partition: its latest load. In the daily layout the hours of a day share
-- one file: object_count, byte_count, source_lines, staged and rejected are then the file's, the rest the hour's.
-- as_of is the warehouse's time at which the files were these: a version seen earlier never replaces one seen later.
-- play_days are the days on which the partition's plays began: where its rows are in the tables sorted by time.
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
    as_of TIMESTAMP ENCODE AZ64,
    play_days VARCHAR(65535) ENCODE ZSTD,
    PRIMARY KEY (target_table, source_partition)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (source_partition, partition_ts);

-- Every load that ever committed, the superseded ones included.
CREATE TABLE IF NOT EXISTS etl.load_history (LIKE etl.load_ledger);

-- The version of each source object that the latest load used.
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
    as_of TIMESTAMP ENCODE AZ64,
    PRIMARY KEY (target_table, source_partition, object_uri)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (partition_ts, object_uri);

-- The last listing of a source folder in which nothing was new, with a fingerprint of it. Whoever deletes rows of
-- etl.source_objects, to have files loaded again, deletes the folder's row here as well.
CREATE TABLE IF NOT EXISTS etl.folder_listings (
    target_table VARCHAR(128) NOT NULL ENCODE ZSTD,
    folder_uri VARCHAR(1024) NOT NULL ENCODE ZSTD,
    listed_at TIMESTAMP NOT NULL ENCODE AZ64,
    seconds DOUBLE PRECISION NOT NULL ENCODE ZSTD,
    object_count BIGINT NOT NULL ENCODE AZ64,
    fingerprint VARCHAR(4096) NOT NULL ENCODE ZSTD,
    PRIMARY KEY (target_table, folder_uri)
)
DISTSTYLE ALL;

-- Source lines and rows that were not loaded, with the reason.
CREATE TABLE IF NOT EXISTS etl.rejects (
    table_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE RAW,
    object_uri VARCHAR(1024) ENCODE ZSTD,
    line_number BIGINT ENCODE AZ64,
    column_name VARCHAR(128) ENCODE ZSTD,
    column_type VARCHAR(64) ENCODE ZSTD,
    error_code INTEGER ENCODE AZ64,
    reason VARCHAR(512) ENCODE ZSTD,
    raw_line VARCHAR(65535) ENCODE ZSTD,
    run_id VARCHAR(250) ENCODE ZSTD,
    rejected_at TIMESTAMP ENCODE AZ64
)
DISTSTYLE EVEN
SORTKEY (source_partition);

-- The result of every check of every run.
CREATE TABLE IF NOT EXISTS etl.quality_results (
    check_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    severity VARCHAR(16) NOT NULL ENCODE ZSTD,
    status VARCHAR(16) NOT NULL ENCODE ZSTD,
    failures BIGINT NOT NULL ENCODE AZ64,
    sample VARCHAR(65535) ENCODE ZSTD,
    source_partition VARCHAR(64) ENCODE ZSTD,
    dag_id VARCHAR(250) ENCODE ZSTD,
    run_id VARCHAR(250) ENCODE ZSTD,
    task_id VARCHAR(250) ENCODE ZSTD,
    try_number INTEGER ENCODE AZ64,
    checked_at TIMESTAMP NOT NULL ENCODE RAW
)
DISTSTYLE EVEN
SORTKEY (checked_at);
