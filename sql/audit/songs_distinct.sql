-- A song_id that the staged files deliver more than once: the lowest of its rows is loaded.
-- Reads: staging_songs
SELECT
    song_id,
    COUNT(*) AS deliveries
FROM staging_songs
WHERE song_id IS NOT NULL
GROUP BY song_id
HAVING COUNT(*) > 1
