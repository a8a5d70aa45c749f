-- The files that some hours were loaded from, each once. An empty file is left out: it brought no rows, and may have
-- been a folder's marker. The length keeps apart addresses that differ in trailing blanks only.
-- Reads: etl.source_objects
SELECT DISTINCT
    object_uri,
    LEN(object_uri) AS uri_length
FROM etl.source_objects
WHERE
    target_table = :target
    AND partition_ts >= :start_ts
    AND partition_ts < :end_ts
    AND byte_count > 0
