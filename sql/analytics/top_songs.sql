-- The ten most played songs of the catalogue in a period.
-- Reads: artists, songplays, songs
SELECT
    s.title AS song,
    a.name AS artist,
    COUNT(*) AS plays,
    COUNT(DISTINCT p.user_id) AS listeners
FROM songplays AS p
INNER JOIN songs AS s ON p.song_id = s.song_id
INNER JOIN artists AS a ON p.artist_id = a.artist_id
WHERE p.timestamp >= :since AND p.timestamp < :until
GROUP BY s.title, a.name
ORDER BY plays DESC, song ASC, artist ASC
LIMIT 10
