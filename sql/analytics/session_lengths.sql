-- How long the sessions of a period lasted from their first play to their last, in classes, and the plays of each.
-- Reads: songplays
SELECT
    c.minutes_from,
    COUNT(*) AS sessions,
    SUM(c.plays) AS plays
FROM (
    SELECT
        s.plays,
        CASE
            WHEN s.seconds < 60 THEN 0
            WHEN s.seconds < 300 THEN 1
            WHEN s.seconds < 900 THEN 5
            WHEN s.seconds < 1800 THEN 15
            WHEN s.seconds < 3600 THEN 30
            WHEN s.seconds < 7200 THEN 60
            WHEN s.seconds < 14400 THEN 120
            ELSE 240
        END AS minutes_from
    FROM (
        SELECT
            p.user_id,
            p.session_id,
            COUNT(*) AS plays,
            DATEDIFF(SECOND, MIN(p.timestamp), MAX(p.timestamp)) AS seconds
        FROM songplays AS p
        WHERE p.timestamp >= :since AND p.timestamp < :until
        GROUP BY p.user_id, p.session_id
    ) AS s
) AS c
GROUP BY c.minutes_from
ORDER BY c.minutes_from
