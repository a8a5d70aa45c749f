-- The twenty places with most plays in a period, as the listeners' app names them.
SELECT
    p.location AS place,
    COUNT(*) AS plays,
    COUNT(DISTINCT p.user_id) AS listeners
FROM songplays AS p
WHERE p.timestamp >= :since AND p.timestamp < :until AND p.location IS NOT NULL
GROUP BY p.location
ORDER BY plays DESC, place ASC
LIMIT 20
