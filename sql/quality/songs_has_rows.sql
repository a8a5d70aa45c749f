-- songs is empty although this run staged rows that belong in it.
SELECT 'songs' AS empty_table
WHERE
    EXISTS (
        SELECT 1
        FROM staging_songs
    )
    AND NOT EXISTS (
        SELECT 1
        FROM public.songs
    )
