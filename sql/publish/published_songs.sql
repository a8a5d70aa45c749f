-- One sentence when the catalogue does not show each song that is delivered, once.
-- Reads: ranked_songs, public.songs
SELECT
    'The songs show ' || CAST(COUNT(s.song_id) AS VARCHAR(20)) || ' of the '
    || CAST(COUNT(d.song_id) AS VARCHAR(20)) || ' songs that this load delivers.' AS problem
FROM ranked_songs AS d
LEFT JOIN public.songs AS s
    ON d.song_id = s.song_id AND s.song_id BETWEEN :song_ids_from AND :song_ids_to
WHERE d.choice = 1
HAVING COUNT(s.song_id) <> COUNT(d.song_id)
