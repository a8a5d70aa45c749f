-- The files that the hours of a period were loaded from (milliseconds since 1970).
-- Reads: etl.source_objects
SELECT
    o.partition_ts,
    o.object_uri,
    o.etag
FROM etl.source_objects AS o
WHERE o.target_table = 'songplays' AND o.partition_ts >= :since AND o.partition_ts < :until
ORDER BY o.partition_ts
LIMIT 200000
