-- The ten most played artists of the catalogue in a period.
-- Reads: artists, songplays
SELECT
    a.name AS artist,
    COUNT(*) AS plays,
    COUNT(DISTINCT p.user_id) AS listeners,
    COUNT(DISTINCT p.song_id) AS songs
FROM songplays AS p
INNER JOIN artists AS a ON p.artist_id = a.artist_id
WHERE p.timestamp >= :since AND p.timestamp < :until
GROUP BY a.name
ORDER BY plays DESC, artist ASC
LIMIT 10
