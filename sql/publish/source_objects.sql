-- The versions of the files that the run's hours are loaded from. A file keeps its row as long as its version stays.
-- Reads: run_partitions, staged_objects, staged_partitions, etl.source_objects
-- Changes: etl.source_objects
DELETE FROM etl.source_objects
USING run_partitions AS r
WHERE
    source_objects.partition_ts = r.start_ts
    AND source_objects.source_partition = r.source_partition
    AND source_objects.target_table = 'songplays'
    AND source_objects.partition_ts BETWEEN :changed_ts_from AND :changed_ts_to
    AND NOT EXISTS (
        SELECT 1
        FROM staged_objects AS o
        WHERE
            o.table_name = 'staging_events'
            AND o.object_uri = source_objects.object_uri
            AND LEN(o.object_uri) = LEN(source_objects.object_uri)
            AND o.etag = source_objects.etag
            AND o.byte_count = source_objects.byte_count
    );

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
    loaded_at,
    as_of
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
    :run_id AS run_id,
    GETDATE() AS loaded_at,
    p.as_of
FROM staged_objects AS o
INNER JOIN staged_partitions AS p ON o.table_name = p.table_name AND o.source_partition = p.source_partition
INNER JOIN run_partitions AS r ON p.start_ts <= r.start_ts AND p.end_ts > r.start_ts
LEFT JOIN etl.source_objects AS e
    ON
        r.start_ts = e.partition_ts
        AND o.object_uri = e.object_uri
        AND LEN(o.object_uri) = LEN(e.object_uri)
        AND e.target_table = 'songplays'
        AND e.partition_ts BETWEEN :earlier_ts_from AND :earlier_ts_to
WHERE o.table_name = 'staging_events' AND e.object_uri IS NULL;
