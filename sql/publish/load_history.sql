-- Every load is kept. The range stands by itself, so that it is one of the ledger's scan, and not of the join.
-- Reads: run_partitions, staged_objects, etl.load_ledger
-- Changes: etl.load_history
INSERT INTO etl.load_history (
    target_table,
    source_partition,
    partition_ts,
    manifest_hash,
    object_count,
    byte_count,
    source_lines,
    staged,
    rejected,
    in_scope,
    out_of_scope,
    candidates,
    rejected_by_rule,
    duplicates,
    loaded,
    dag_id,
    run_id,
    task_id,
    try_number,
    query_ids,
    seconds,
    loaded_at,
    as_of
)
SELECT
    l.target_table,
    l.source_partition,
    l.partition_ts,
    l.manifest_hash,
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
    l.loaded_at,
    l.as_of
FROM etl.load_ledger AS l
LEFT JOIN run_partitions AS r ON l.source_partition = r.source_partition
WHERE
    (l.source_partition BETWEEN :partitions_from AND :partitions_to OR l.source_partition = '')
    AND (
        (l.target_table = 'songplays' AND r.source_partition IS NOT NULL)
        OR (
            l.target_table = 'songs'
            AND (
                SELECT COUNT(*) FROM staged_objects AS o
                WHERE o.table_name = 'staging_songs'
            ) > 0
        )
    );
