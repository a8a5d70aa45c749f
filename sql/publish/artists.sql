-- Artists without a song are gone.
-- Reads: changed_songs, shown_artists
-- Changes: public.artists
DELETE FROM public.artists
USING changed_songs AS s
WHERE
    artists.artist_id = s.artist_id
    AND artists.artist_id BETWEEN :artist_ids_from AND :artist_ids_to
    AND NOT EXISTS (
        SELECT 1
        FROM shown_artists AS c
        WHERE c.artist_id = artists.artist_id
    );
