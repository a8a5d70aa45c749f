-- Plays, listeners and sessions of a period by subscription level at the time of the play, counted by session first.
-- Reads: songplays
SELECT
    s.level,
    SUM(s.plays) AS plays,
    COUNT(DISTINCT s.user_id) AS listeners,
    COUNT(DISTINCT s.session_id) AS sessions
FROM (
    SELECT
        p.level,
        p.user_id,
        p.session_id,
        COUNT(*) AS plays
    FROM songplays AS p
    WHERE p.timestamp >= :since AND p.timestamp < :until
    GROUP BY p.level, p.user_id, p.session_id
) AS s
GROUP BY s.level
ORDER BY s.level
