-- The ledger rows of the run's partitions, in the fact's own transaction; and the counts of other partitions whose
-- deliveries won or lost a play by this load.
CREATE TEMP TABLE event_counts AS
SELECT
    r.source_partition,
    r.start_ts,
    COUNT(e.source_partition) AS in_scope,
    COUNT(CASE WHEN e.page = 'NextSong' THEN 1 END) AS candidates,
    COUNT(CASE WHEN e.page = 'NextSong' AND e.start_time IS NULL THEN 1 END) AS rejected_by_rule
FROM run_partitions AS r
LEFT JOIN run_events AS e ON r.source_partition = e.source_partition
GROUP BY r.source_partition, r.start_ts;

CREATE TEMP TABLE touched_partitions AS
SELECT source_partition FROM run_partitions
UNION
SELECT source_partition FROM ranked_deliveries;

CREATE TEMP TABLE delivery_counts AS
SELECT
    d.source_partition,
    SUM(d.copies) AS delivered,
    SUM(CASE WHEN d.is_shown THEN 1 ELSE 0 END) AS loaded
FROM etl.play_deliveries AS d
INNER JOIN touched_partitions AS t ON d.source_partition = t.source_partition
WHERE
    d.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM touched_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM touched_partitions AS b)
GROUP BY d.source_partition;

DELETE FROM etl.load_ledger
USING run_partitions AS r
WHERE
    load_ledger.source_partition = r.source_partition
    AND load_ledger.target_table = 'songplays'
    AND load_ledger.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b);

INSERT INTO etl.load_ledger (
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
    loaded_at
)
SELECT
    'songplays' AS target_table,
    e.source_partition,
    e.start_ts,
    p.manifest_hash,
    p.object_count,
    p.byte_count,
    p.source_lines,
    p.staged,
    p.rejected,
    e.in_scope,
    p.staged - e.in_scope AS out_of_scope,
    e.candidates,
    e.rejected_by_rule,
    COALESCE(d.delivered - d.loaded, 0) AS duplicates,
    COALESCE(d.loaded, 0) AS loaded,
    c.dag_id,
    c.run_id,
    c.task_id,
    c.try_number,
    c.query_ids,
    c.seconds,
    GETDATE() AS loaded_at
FROM event_counts AS e
INNER JOIN staged_partitions AS p
    ON p.table_name = 'staging_events' AND e.start_ts >= p.start_ts AND e.start_ts < p.end_ts
LEFT JOIN delivery_counts AS d ON e.source_partition = d.source_partition
CROSS JOIN load_context AS c;

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
    loaded_at
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
    l.loaded_at
FROM etl.load_ledger AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
WHERE
    l.target_table = 'songplays'
    AND l.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b);

UPDATE etl.load_ledger
SET
    loaded = d.loaded,
    duplicates = d.delivered - d.loaded
FROM delivery_counts AS d
WHERE
    load_ledger.source_partition = d.source_partition
    AND load_ledger.target_table = 'songplays'
    AND load_ledger.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM touched_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM touched_partitions AS b);

DELETE FROM etl.source_objects
USING run_partitions AS r
WHERE
    source_objects.source_partition = r.source_partition
    AND source_objects.partition_ts = r.start_ts
    AND source_objects.target_table = 'songplays'
    AND source_objects.partition_ts BETWEEN (SELECT MIN(b.start_ts) FROM run_partitions AS b)
    AND (SELECT MAX(b.start_ts) FROM run_partitions AS b);

INSERT INTO etl.source_objects (
    target_table,
    source_partition,
    partition_ts,
    object_uri,
    etag,
    byte_count,
    last_modified,
    source_lines,
    run_id,
    loaded_at
)
SELECT
    'songplays' AS target_table,
    r.source_partition,
    r.start_ts,
    o.object_uri,
    o.etag,
    o.byte_count,
    o.last_modified,
    o.source_lines,
    c.run_id,
    GETDATE() AS loaded_at
FROM staged_objects AS o
INNER JOIN staged_partitions AS p
    ON o.table_name = p.table_name AND o.source_partition = p.source_partition
INNER JOIN run_partitions AS r
    ON p.start_ts <= r.start_ts AND p.end_ts > r.start_ts
CROSS JOIN load_context AS c
WHERE o.table_name = 'staging_events';
