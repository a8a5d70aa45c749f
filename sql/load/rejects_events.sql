-- Keep what was not loaded: the lines that COPY rejected, with file and line, and the plays whose timestamp is not
-- one. They replace what earlier loads of the same files rejected.
DELETE FROM etl.rejects
USING staged_partitions AS p
WHERE
    rejects.table_name = 'staging_events'
    AND rejects.source_partition = p.source_partition
    AND p.table_name = 'staging_events'
    AND rejects.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM staged_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM staged_partitions AS b);

DELETE FROM etl.rejects
USING run_partitions AS r
WHERE
    rejects.table_name = 'songplays'
    AND rejects.source_partition = r.source_partition
    AND rejects.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b);

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
WHERE s.table_name = 'staging_events'
UNION ALL
SELECT
    'songplays' AS table_name,
    e.source_partition,
    NULL AS object_uri,
    NULL AS line_number,
    'ts' AS column_name,
    'bigint' AS column_type,
    NULL AS error_code,
    'ts is no millisecond timestamp between 2000-01-01 and 2099-12-31' AS reason,
    'ts=' || COALESCE(CAST(e.ts AS VARCHAR(20)), 'NULL')
    || ' userId=' || COALESCE(CAST(e.user_id AS VARCHAR(20)), 'NULL')
    || ' sessionId=' || COALESCE(CAST(e.session_id AS VARCHAR(20)), 'NULL')
    || ' itemInSession=' || COALESCE(CAST(e.item_in_session AS VARCHAR(20)), 'NULL')
    || ' song=' || COALESCE(e.song, 'NULL') AS raw_line,
    c.run_id,
    GETDATE() AS rejected_at
FROM run_events AS e
CROSS JOIN load_context AS c
WHERE e.page = 'NextSong' AND e.start_time IS NULL;
