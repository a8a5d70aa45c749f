-- An artist of this run's song files that has no row, or more than one.
SELECT
    e.artist_id,
    COUNT(a.artist_id) AS copies
FROM (
    SELECT DISTINCT s.artist_id
    FROM public.songs AS s
    INNER JOIN staging_songs AS n ON s.song_id = n.song_id
    WHERE s.artist_id IS NOT NULL
) AS e
LEFT JOIN public.artists AS a ON e.artist_id = a.artist_id
GROUP BY e.artist_id
HAVING COUNT(a.artist_id) <> 1
