-- An artist of this run's songs that has no row, or more than one.
-- Reads: run_songs, public.artists, public.songs
SELECT
    e.artist_id,
    COUNT(a.artist_id) AS copies
FROM (
    SELECT DISTINCT s.artist_id
    FROM public.songs AS s
    INNER JOIN run_songs AS n ON s.song_id = n.song_id
    WHERE s.artist_id IS NOT NULL AND s.song_id BETWEEN :song_ids_from AND :song_ids_to
) AS e
LEFT JOIN public.artists AS a
    ON e.artist_id = a.artist_id AND a.artist_id BETWEEN :song_artists_from AND :song_artists_to
GROUP BY e.artist_id
HAVING COUNT(a.artist_id) <> 1
