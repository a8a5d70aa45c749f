-- A song_id that occurs more than once in the staged files: its lowest row is loaded.
-- Reads: staging_songs
SELECT
    song_id,
    COUNT(*) AS deliveries
FROM staging_songs
WHERE song_id IS NOT NULL
GROUP BY song_id
HAVING COUNT(*) > 1
