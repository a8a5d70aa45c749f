-- The files that were loaded from a source that is one folder. A file that is gone has no ETag. The hours' files have
-- other values of partition_ts, the sort key.
-- Reads: etl.source_objects
SELECT
    object_uri,
    etag,
    byte_count
FROM etl.source_objects
WHERE
    target_table = :target
    AND partition_ts = 0
    AND object_uri BETWEEN :uri_from AND :uri_to
    AND (:is_every_group OR SUBSTRING(MD5(object_uri), 1, 2) IN (:groups))
