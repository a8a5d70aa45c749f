-- users is empty although this run staged rows that belong in it.
SELECT 'users' AS empty_table
WHERE
    EXISTS (
        SELECT 1
        FROM run_events
        WHERE user_id IS NOT NULL AND start_time IS NOT NULL
    )
    AND NOT EXISTS (
        SELECT 1
        FROM public.users
    )
