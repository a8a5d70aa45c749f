-- The songs of the new and changed song files.
SELECT
    song_id,
    title,
    artist_id,
    year,
    duration
FROM candidate_songs
