-- Plays, listeners and sessions of a period by subscription level at the time of the play.
SELECT
    p.level,
    COUNT(*) AS plays,
    COUNT(DISTINCT p.user_id) AS listeners,
    COUNT(DISTINCT p.session_id) AS sessions
FROM songplays AS p
WHERE p.timestamp >= :since AND p.timestamp < :until
GROUP BY p.level
ORDER BY p.level
