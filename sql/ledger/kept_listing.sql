-- The kept listing of a folder, with its age in seconds.
SELECT
    fingerprint,
    seconds,
    object_count,
    DATEDIFF(SECOND, listed_at, GETDATE()) AS age
FROM etl.source_scans
WHERE target_table = :target AND folder_uri = :folder_uri
