-- The staged song files that another run loaded meanwhile: in this version, in another one seen later (is_newer), or in
-- another one seen at the very same moment (is_tied).
-- Reads: staged_objects, staged_partitions, etl.source_objects
SELECT
    o.object_uri,
    s.run_id,
    s.etag <> o.etag AND s.as_of > p.as_of AS is_newer,
    s.etag <> o.etag AND s.as_of = p.as_of AS is_tied,
    s.etag = o.etag AS is_same
FROM staged_objects AS o
INNER JOIN staged_partitions AS p ON o.table_name = p.table_name AND o.source_partition = p.source_partition
INNER JOIN etl.source_objects AS s ON o.object_uri = s.object_uri AND LEN(o.object_uri) = LEN(s.object_uri)
WHERE
    o.table_name = 'staging_songs'
    AND s.target_table = 'songs'
    AND s.partition_ts = 0
    AND s.object_uri BETWEEN :song_uris_from AND :song_uris_to
