-- A staged song without song_id or artist_id, or with an empty one.
-- Reads: staging_songs
SELECT
    song_id,
    title,
    artist_id
FROM staging_songs
WHERE song_id IS NULL OR TRIM(song_id) = '' OR artist_id IS NULL OR TRIM(artist_id) = ''
