-- songplays is empty although this run staged rows that belong in it.
SELECT 'songplays' AS empty_table
WHERE
    EXISTS (
        SELECT 1
        FROM run_events
        WHERE page = 'NextSong' AND start_time IS NOT NULL
    )
    AND NOT EXISTS (
        SELECT 1
        FROM public.songplays
    )
