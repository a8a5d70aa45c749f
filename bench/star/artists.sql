SELECT
    s.artist_id,
    s.artist_name AS name,
    s.artist_location AS location,
    s.artist_latitude AS latitude,
    s.artist_longitude AS longitude
FROM (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY artist_id ORDER BY song_id) AS choice
    FROM {schema}.staging_songs
    WHERE artist_id IS NOT NULL
) AS s
WHERE s.choice = 1
