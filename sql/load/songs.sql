-- The songs of the staged files, one row per file and song_id.
-- Reads: run_song_lines
SELECT
    file_hash,
    object_uri,
    song_id,
    title,
    artist_id,
    year,
    duration,
    content_hash,
    copies
FROM run_song_lines
WHERE choice = 1
