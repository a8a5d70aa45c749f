-- The twenty places with most plays in a period, as the listeners' app names them, counted by listener first.
-- Reads: songplays
SELECT
    p.place,
    SUM(p.plays) AS plays,
    COUNT(DISTINCT p.user_id) AS listeners
FROM (
    SELECT
        location AS place,
        user_id,
        COUNT(*) AS plays
    FROM songplays
    WHERE "timestamp" >= :since AND "timestamp" < :until AND location IS NOT NULL
    GROUP BY location, user_id
) AS p
GROUP BY p.place
ORDER BY plays DESC, place ASC
LIMIT 20
