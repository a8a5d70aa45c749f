-- The files that the window's hours were loaded from; the file of a day belongs to several hours.
-- Reads: etl.source_objects
SELECT
    partition_ts,
    object_uri,
    etag
FROM etl.source_objects
WHERE target_table = :target AND partition_ts BETWEEN :ts_from AND :ts_to
