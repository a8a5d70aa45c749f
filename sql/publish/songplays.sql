-- Plays that no partition delivers any more are gone.
-- Reads: shown_plays, withdrawn_plays
-- Changes: public.songplays
DELETE FROM public.songplays
USING withdrawn_plays AS w
WHERE
    songplays.songplay_id = w.songplay_id
    AND songplays.timestamp BETWEEN :withdrawn_days_from AND :withdrawn_days_to
    AND NOT EXISTS (
        SELECT 1
        FROM shown_plays AS c
        WHERE c.songplay_id = songplays.songplay_id
    );
