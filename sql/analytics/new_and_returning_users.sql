-- Listeners of a period, day by day: those whose first play ever was on that day, and those who had played before.
-- First plays are looked up for the period's listeners only.
-- Reads: songplays
SELECT
    d.day,
    COUNT(CASE WHEN f.first_play >= d.day THEN 1 END) AS new_users,
    COUNT(CASE WHEN f.first_play < d.day THEN 1 END) AS returning_users
FROM (
    SELECT DISTINCT
        p.user_id,
        DATE_TRUNC('day', p.timestamp) AS day
    FROM songplays AS p
    WHERE p.timestamp >= :since AND p.timestamp < :until AND p.user_id IS NOT NULL
) AS d
INNER JOIN (
    SELECT
        e.user_id,
        MIN(e.timestamp) AS first_play
    FROM songplays AS e
    WHERE e.timestamp < :until
    GROUP BY e.user_id
) AS f ON d.user_id = f.user_id
GROUP BY d.day
ORDER BY d.day
