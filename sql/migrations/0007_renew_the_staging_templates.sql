-- Templates hold no rows, so what changed in one made before 2026-12-01 is made again.
-- Reads: svv_columns
-- Makes: staging_template.staged_partitions
-- Changes: staging_template.staged_partitions, staging_template.staged_unclaimed, staging_template.staging_songs
SELECT COUNT(*) = 0
FROM svv_columns
WHERE table_schema = 'staging_template' AND table_name = 'staged_partitions' AND column_name = 'as_of';

BEGIN;

ALTER TABLE staging_template.staging_songs ADD COLUMN object_uri VARCHAR(1024) ENCODE ZSTD;

DROP TABLE IF EXISTS staging_template.staged_unclaimed;

DROP TABLE staging_template.staged_partitions;

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

COMMIT;
