-- The window's hours that are loaded.
-- Reads: etl.load_ledger
SELECT partition_ts
FROM etl.load_ledger
WHERE
    target_table = :target
    AND source_partition BETWEEN :label_from AND :label_to
    AND partition_ts BETWEEN :ts_from AND :ts_to
