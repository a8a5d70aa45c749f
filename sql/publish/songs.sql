-- Songs that no file delivers any more are gone.
-- Reads: ranked_songs, withdrawn_songs
-- Changes: public.songs
DELETE FROM public.songs
USING withdrawn_songs AS w
WHERE
    songs.song_id = w.song_id
    AND songs.song_id BETWEEN :gone_songs_from AND :gone_songs_to
    AND NOT EXISTS (
        SELECT 1
        FROM ranked_songs AS c
        WHERE c.song_id = songs.song_id
    );
