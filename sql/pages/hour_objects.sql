-- The files that an hour was loaded from.
-- Reads: etl.source_objects
SELECT
    o.object_uri,
    o.etag,
    o.byte_count,
    o.last_modified,
    o.source_lines
FROM etl.source_objects AS o
WHERE o.target_table = 'songplays' AND o.partition_ts = :hour_ts
ORDER BY o.object_uri
LIMIT 500
