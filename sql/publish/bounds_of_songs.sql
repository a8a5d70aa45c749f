-- The song files that are left to be loaded, the song_ids that they bring, or brought before, and the kept listings.
-- Reads: run_songs, staged_objects, etl.folder_listings, etl.song_deliveries
SELECT
    'files_left' AS name,
    'text' AS kind,
    MIN(MD5(object_uri)) AS first_value,
    MAX(MD5(object_uri)) AS last_value
FROM staged_objects
WHERE table_name = 'staging_songs'
GROUP BY SUBSTRING(MD5(object_uri), 1, 2)
UNION ALL
SELECT
    'song_ids' AS name,
    'text' AS kind,
    MIN(s.song_id) AS first_value,
    MAX(s.song_id) AS last_value
FROM (
    SELECT
        c.song_id,
        c.file_hash
    FROM run_songs AS c
    UNION ALL
    SELECT
        d.song_id,
        d.file_hash
    FROM etl.song_deliveries AS d
    WHERE d.file_hash BETWEEN :song_files_from AND :song_files_to
) AS s
INNER JOIN staged_objects AS o ON s.file_hash = MD5(o.object_uri) AND o.table_name = 'staging_songs'
GROUP BY SUBSTRING(s.song_id, 1, 4)
UNION ALL
SELECT
    'listings' AS name,
    'text' AS kind,
    MIN(folder_uri) AS first_value,
    MAX(folder_uri) AS last_value
FROM etl.folder_listings
WHERE
    target_table = 'songs'
    AND EXISTS (
        SELECT 1
        FROM staged_objects AS o
        WHERE o.table_name = 'staging_songs'
    )
