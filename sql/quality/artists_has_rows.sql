-- artists is empty although this run staged rows that belong in it.
SELECT 'artists' AS empty_table
WHERE
    EXISTS (
        SELECT 1
        FROM staging_songs
    )
    AND NOT EXISTS (
        SELECT 1
        FROM public.artists
    )
