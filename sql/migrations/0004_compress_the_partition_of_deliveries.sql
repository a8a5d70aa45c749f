-- The first column of a sort key is left uncompressed. The partition of a delivery is no longer one.
-- Reads: pg_table_def
-- Changes: etl.play_deliveries
SELECT COUNT(*) > 0
FROM pg_table_def
WHERE
    schemaname = 'etl' AND tablename = 'play_deliveries'
    AND "column" = 'source_partition' AND TRIM(encoding) IN ('none', 'raw');

ALTER TABLE etl.play_deliveries ALTER COLUMN source_partition ENCODE ZSTD;
