-- A songplay_id that the fact holds more than once, among the plays of this run's hours.
SELECT
    p.songplay_id,
    COUNT(*) AS copies
FROM public.songplays AS p
INNER JOIN (SELECT DISTINCT start_time FROM run_events) AS t ON p.timestamp = t.start_time
WHERE
    p.timestamp BETWEEN (SELECT MIN(b.start_time) FROM staging_time AS b)
    AND (SELECT MAX(b.start_time) FROM staging_time AS b)
GROUP BY p.songplay_id
HAVING COUNT(*) > 1
