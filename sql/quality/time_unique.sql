-- A timestamp of this run's plays that has no row, or more than one.
SELECT
    e.start_time,
    COUNT(t.start_time) AS copies
FROM (
    SELECT DISTINCT start_time
    FROM run_events
    WHERE page = 'NextSong' AND start_time IS NOT NULL
) AS e
LEFT JOIN public.time AS t ON e.start_time = t.start_time
GROUP BY e.start_time
HAVING COUNT(t.start_time) <> 1
