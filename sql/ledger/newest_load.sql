-- How far the loads have got: the newest loaded hour, the newest that had source lines, and when a load last committed;
-- one row, with NULLs when nothing is loaded.
-- Reads: etl.load_ledger
SELECT
    MAX(partition_ts) AS newest_ts,
    MAX(CASE WHEN source_lines > 0 THEN partition_ts END) AS newest_with_lines_ts,
    MAX(loaded_at) AS last_load_at
FROM etl.load_ledger
WHERE target_table = :target
