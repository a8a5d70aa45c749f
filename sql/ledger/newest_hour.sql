-- The newest loaded hour; one row, with NULL when none is loaded.
-- Reads: etl.load_ledger
SELECT MAX(partition_ts)
FROM etl.load_ledger
WHERE target_table = :target
