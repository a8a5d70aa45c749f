-- How far the loads have got: the newest hour, the newest that had source lines, and when a load last committed.
-- Reads: etl.load_ledger
SELECT
    MAX(l.partition_ts) AS newest_ts,
    MAX(CASE WHEN l.source_lines > 0 THEN l.partition_ts END) AS newest_with_lines_ts,
    MAX(l.loaded_at) AS last_load_at
FROM etl.load_ledger AS l
WHERE l.target_table = 'songplays'
