-- A user of this run's hours who has no row, or more than one.
SELECT
    e.user_id,
    COUNT(u.user_id) AS copies
FROM (
    SELECT DISTINCT user_id
    FROM run_events
    WHERE user_id IS NOT NULL AND start_time IS NOT NULL
) AS e
LEFT JOIN public.users AS u ON e.user_id = u.user_id
GROUP BY e.user_id
HAVING COUNT(u.user_id) <> 1
