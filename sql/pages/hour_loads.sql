-- Every load of an hour that committed, the newest first.
-- Reads: etl.load_history
SELECT
    h.source_partition,
    h.object_count,
    h.byte_count,
    h.source_lines,
    h.staged,
    h.rejected,
    h.in_scope,
    h.out_of_scope,
    h.candidates,
    h.rejected_by_rule,
    h.duplicates,
    h.loaded,
    h.dag_id,
    h.run_id,
    h.task_id,
    h.try_number,
    h.query_ids,
    h.seconds,
    h.loaded_at
FROM etl.load_history AS h
WHERE h.target_table = 'songplays' AND h.source_partition = :hour
ORDER BY h.loaded_at DESC
LIMIT 20
