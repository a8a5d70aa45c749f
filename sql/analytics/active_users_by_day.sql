-- Listeners, sessions and plays of a period, day by day, UTC.
SELECT
    DATE_TRUNC('day', p.timestamp) AS day,
    COUNT(DISTINCT p.user_id) AS active_users,
    COUNT(DISTINCT p.session_id) AS sessions,
    COUNT(*) AS plays,
    COUNT(CASE WHEN p.level = 'free' THEN 1 END) AS free_plays,
    COUNT(CASE WHEN p.level = 'paid' THEN 1 END) AS paid_plays
FROM songplays AS p
WHERE p.timestamp >= :since AND p.timestamp < :until
GROUP BY DATE_TRUNC('day', p.timestamp)
ORDER BY day
