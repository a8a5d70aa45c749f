-- A songplay_id that the fact holds more than once, among the plays of this run's moments.
-- Reads: run_times, public.songplays
SELECT
    p.songplay_id,
    COUNT(*) AS copies
FROM public.songplays AS p
INNER JOIN (SELECT DISTINCT start_time FROM run_times) AS t ON p.timestamp = t.start_time
WHERE p.timestamp BETWEEN :days_from AND :days_to
GROUP BY p.songplay_id
HAVING COUNT(*) > 1
