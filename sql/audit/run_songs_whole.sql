-- A song that the run would publish twice, or without what its line says of the artist.
-- Reads: run_artists, run_songs
SELECT
    s.object_uri,
    s.song_id,
    COUNT(*) AS copies
FROM run_songs AS s
LEFT JOIN run_artists AS a ON s.file_hash = a.file_hash AND s.song_id = a.song_id
GROUP BY s.object_uri, s.song_id
HAVING COUNT(*) <> 1 OR COUNT(a.song_id) <> 1
