SELECT
    song_id,
    title,
    artist_id,
    year,
    duration
FROM {schema}.staging_songs
WHERE song_id IS NOT NULL
