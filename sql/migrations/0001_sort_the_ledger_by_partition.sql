-- Warehouses made before 2026-11-23T18:38Z sorted the ledger by target_table first: an hour then read all of it.
-- Reads: pg_table_def
-- Changes: etl.load_ledger
SELECT COUNT(*) > 0
FROM pg_table_def
WHERE
    schemaname = 'etl' AND tablename = 'load_ledger'
    AND "column" = 'source_partition' AND sortkey <> 1;

ALTER TABLE etl.load_ledger ALTER COMPOUND SORTKEY (source_partition, partition_ts);
