-- Listeners, sessions and plays of a period, day by day, UTC, counted by session first.
-- Reads: songplays
SELECT
    s.day,
    COUNT(DISTINCT s.user_id) AS active_users,
    COUNT(DISTINCT s.session_id) AS sessions,
    SUM(s.plays) AS plays,
    SUM(s.free_plays) AS free_plays,
    SUM(s.paid_plays) AS paid_plays
FROM (
    SELECT
        p.user_id,
        p.session_id,
        DATE_TRUNC('day', p.timestamp) AS day,
        COUNT(*) AS plays,
        COUNT(CASE WHEN p.level = 'free' THEN 1 END) AS free_plays,
        COUNT(CASE WHEN p.level = 'paid' THEN 1 END) AS paid_plays
    FROM songplays AS p
    WHERE p.timestamp >= :since AND p.timestamp < :until
    GROUP BY p.user_id, p.session_id, DATE_TRUNC('day', p.timestamp)
) AS s
GROUP BY s.day
ORDER BY s.day
