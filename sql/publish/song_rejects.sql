-- The song files' rejected lines replace those of their earlier versions.
-- Reads: staged_objects, staged_rejects
-- Changes: etl.rejects
DELETE FROM etl.rejects
USING staged_objects AS o
WHERE
    rejects.table_name = 'staging_songs'
    AND rejects.source_partition = ''
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
    :run_id AS run_id,
    GETDATE() AS rejected_at
FROM staged_rejects AS s
INNER JOIN staged_objects AS o
    ON
        s.object_uri = o.object_uri
        AND LEN(s.object_uri) = LEN(o.object_uri)
        AND o.table_name = 'staging_songs'
WHERE s.table_name = 'staging_songs';
