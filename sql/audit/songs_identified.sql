-- A staged song without song_id or artist_id.
SELECT
    song_id,
    title,
    artist_id
FROM staging_songs
WHERE song_id IS NULL OR artist_id IS NULL
