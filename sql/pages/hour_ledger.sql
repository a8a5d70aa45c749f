-- The ledger's row of an hour: its latest load.
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
    l.out_of_scope,
    l.candidates,
    l.rejected_by_rule,
    l.duplicates,
    l.loaded,
    l.dag_id,
    l.run_id,
    l.task_id,
    l.try_number,
    l.query_ids,
    l.seconds,
    l.loaded_at
FROM etl.load_ledger AS l
WHERE l.target_table = 'songplays' AND l.source_partition = :hour
