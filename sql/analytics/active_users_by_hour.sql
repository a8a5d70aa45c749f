-- Listeners and plays of a period by hour of the day, UTC.
-- Reads: songplays, time
SELECT
    t.hour,
    COUNT(DISTINCT p.user_id) AS active_users,
    COUNT(*) AS plays
FROM songplays AS p
INNER JOIN time AS t ON p.timestamp = t.start_time
WHERE p.timestamp >= :since AND p.timestamp < :until
GROUP BY t.hour
ORDER BY t.hour
