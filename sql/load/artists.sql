-- What the lines of songs.sql say of their artists.
-- Reads: run_song_lines
SELECT
    file_hash,
    song_id,
    artist_name AS name,
    artist_location AS location,
    artist_latitude AS latitude,
    artist_longitude AS longitude
FROM run_song_lines
WHERE choice = 1
