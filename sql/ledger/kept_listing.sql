-- The kept listing of a folder, with its age in seconds.
-- Reads: etl.folder_listings
SELECT
    fingerprint,
    seconds,
    object_count,
    DATEDIFF(SECOND, listed_at, GETDATE()) AS age
FROM etl.folder_listings
WHERE target_table = :target AND folder_uri = :folder_uri
