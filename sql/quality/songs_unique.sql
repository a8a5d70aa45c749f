-- A song of this run's song files that has no row, or more than one.
SELECT
    e.song_id,
    COUNT(s.song_id) AS copies
FROM (
    SELECT DISTINCT song_id
    FROM staging_songs
    WHERE song_id IS NOT NULL
) AS e
LEFT JOIN public.songs AS s ON e.song_id = s.song_id
GROUP BY e.song_id
HAVING COUNT(s.song_id) <> 1
