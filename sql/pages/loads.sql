-- The latest load of each hour of a period (milliseconds since 1970).
-- Reads: etl.load_ledger
SELECT
    l.source_partition,
    l.partition_ts,
    l.object_count,
    l.byte_count,
    l.source_lines,
    l.staged,
    l.rejected,
    l.in_scope,
    l.candidates,
    l.rejected_by_rule,
    l.duplicates,
    l.loaded,
    l.run_id,
    l.try_number,
    l.seconds,
    l.loaded_at
FROM etl.load_ledger AS l
WHERE l.target_table = 'songplays' AND l.partition_ts >= :since AND l.partition_ts < :until
ORDER BY l.partition_ts
LIMIT 9000
