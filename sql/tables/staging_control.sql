-- What a run is to load (run_partitions) and what its staging holds (staged_*). Partition bounds are UTC
-- milliseconds since 1970, the end exclusive. as_of is the warehouse's time, UTC, between two listings that both showed
-- these files in these versions.
-- Reads: none
-- Makes: staging_template.run_partitions, staging_template.staged_objects, staging_template.staged_partitions,
--     staging_template.staged_rejects
CREATE TABLE IF NOT EXISTS staging_template.run_partitions (
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    start_ts BIGINT NOT NULL ENCODE AZ64,
    end_ts BIGINT NOT NULL ENCODE AZ64,
    PRIMARY KEY (source_partition)
)
DISTSTYLE ALL;

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
    as_of TIMESTAMP NOT NULL ENCODE AZ64,
    PRIMARY KEY (table_name, source_partition)
)
DISTSTYLE ALL;

-- A file with an empty etag is gone, and its removal accepted.
CREATE TABLE IF NOT EXISTS staging_template.staged_objects (
    table_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    object_uri VARCHAR(1024) NOT NULL ENCODE ZSTD,
    etag VARCHAR(128) NOT NULL ENCODE ZSTD,
    byte_count BIGINT NOT NULL ENCODE AZ64,
    last_modified TIMESTAMP ENCODE AZ64,
    source_lines BIGINT ENCODE AZ64,
    PRIMARY KEY (table_name, object_uri)
)
DISTSTYLE EVEN;

-- Lines that were put aside; and objects that no load reads, as those of the table 'unclaimed', by the table that they
-- would have gone to.
CREATE TABLE IF NOT EXISTS staging_template.staged_rejects (
    table_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    source_partition VARCHAR(64) NOT NULL ENCODE ZSTD,
    object_uri VARCHAR(1024) ENCODE ZSTD,
    line_number BIGINT ENCODE AZ64,
    column_name VARCHAR(128) ENCODE ZSTD,
    column_type VARCHAR(64) ENCODE ZSTD,
    error_code INTEGER ENCODE AZ64,
    reason VARCHAR(512) ENCODE ZSTD,
    raw_line VARCHAR(65535) ENCODE ZSTD
)
DISTSTYLE EVEN;
