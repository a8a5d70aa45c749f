-- The song files' ledger rows, in the last transaction that uses the files: whatever died before, the next run
-- finds them still to be loaded. A key may end in blanks, which LEN counts.
DELETE FROM etl.source_objects
USING staged_objects AS o
WHERE
    source_objects.object_uri = o.object_uri
    AND LEN(source_objects.object_uri) = LEN(o.object_uri)
    AND source_objects.target_table = 'songs'
    AND o.table_name = 'staging_songs';

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
    'songs' AS target_table,
    o.source_partition,
    0 AS partition_ts,
    o.object_uri,
    o.etag,
    o.byte_count,
    o.last_modified,
    o.source_lines,
    c.run_id,
    GETDATE() AS loaded_at
FROM staged_objects AS o
CROSS JOIN load_context AS c
WHERE o.table_name = 'staging_songs';

DELETE FROM etl.load_ledger
WHERE target_table = 'songs';

CREATE TEMP TABLE song_counts AS
SELECT
    COUNT(*) AS candidates,
    COUNT(*) AS in_scope,
    COUNT(*) - COUNT(song_id) AS rejected_by_rule,
    COUNT(DISTINCT song_id) AS songs
FROM staging_songs;

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
    'songs' AS target_table,
    p.source_partition,
    0 AS partition_ts,
    p.manifest_hash,
    p.object_count,
    p.byte_count,
    p.source_lines,
    p.staged,
    p.rejected,
    n.in_scope,
    0 AS out_of_scope,
    n.candidates,
    n.rejected_by_rule,
    n.candidates - n.rejected_by_rule - n.songs AS duplicates,
    n.songs AS loaded,
    c.dag_id,
    c.run_id,
    c.task_id,
    c.try_number,
    c.query_ids,
    c.seconds,
    GETDATE() AS loaded_at
FROM staged_partitions AS p
CROSS JOIN song_counts AS n
CROSS JOIN load_context AS c
WHERE p.table_name = 'staging_songs';

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
WHERE l.target_table = 'songs';

DELETE FROM etl.rejects
USING staged_objects AS o
WHERE
    rejects.table_name = 'staging_songs'
    AND rejects.object_uri = o.object_uri
    AND LEN(rejects.object_uri) = LEN(o.object_uri)
    AND o.table_name = 'staging_songs';

INSERT INTO etl.rejects (
    table_name,
    source_partition,
    object_uri,
    line_number,
    column_name,
    column_type,
    error_code,
    reason,
    raw_line,
    run_id,
    rejected_at
)
SELECT
    s.table_name,
    s.source_partition,
    s.object_uri,
    s.line_number,
    s.column_name,
    s.column_type,
    s.error_code,
    s.reason,
    s.raw_line,
    c.run_id,
    GETDATE() AS rejected_at
FROM staged_rejects AS s
CROSS JOIN load_context AS c
WHERE s.table_name = 'staging_songs';
