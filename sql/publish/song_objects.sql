-- The versions of the song files that are loaded, in the transaction that publishes their songs: whatever dies before,
-- the next run finds them still to be loaded. A file that is gone is a version too, with an empty ETag: a run that saw
-- the file before does not bring it back. LEN counts the blanks at a key's end.
-- Reads: staged_objects, staged_partitions
-- Changes: etl.source_objects
DELETE FROM etl.source_objects
USING staged_objects AS o
WHERE
    source_objects.object_uri = o.object_uri
    AND LEN(source_objects.object_uri) = LEN(o.object_uri)
    AND source_objects.target_table = 'songs'
    AND source_objects.partition_ts = 0
    AND source_objects.object_uri BETWEEN :song_uris_from AND :song_uris_to
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
    loaded_at,
    as_of
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
    :run_id AS run_id,
    GETDATE() AS loaded_at,
    p.as_of
FROM staged_objects AS o
INNER JOIN staged_partitions AS p ON o.table_name = p.table_name AND o.source_partition = p.source_partition
WHERE o.table_name = 'staging_songs';
