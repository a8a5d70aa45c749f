-- Listeners who went from free to paid (upgrades) and back (downgrades) in a period, by the day of the first play on
-- the new level, UTC. A change between two plays is seen; one of somebody who never played again is not.
-- Reads: songplays
SELECT
    DATE_TRUNC('day', c.played_at) AS day,
    COUNT(CASE WHEN c.level = 'paid' THEN 1 END) AS upgrades,
    COUNT(CASE WHEN c.level = 'free' THEN 1 END) AS downgrades
FROM (
    SELECT
        p.timestamp AS played_at,
        p.level,
        LAG(p.level) OVER (PARTITION BY p.user_id ORDER BY p.timestamp, p.songplay_id) AS level_before
    FROM songplays AS p
    WHERE p.timestamp >= :since AND p.timestamp < :until
) AS c
WHERE c.level <> c.level_before
GROUP BY DATE_TRUNC('day', c.played_at)
ORDER BY day
