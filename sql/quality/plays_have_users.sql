-- The plays of a partition of this run that name no user, and their share of its plays: they are loaded, with user_id
-- NULL.
-- Reads: run_events
SELECT
    e.source_partition,
    COUNT(*) AS plays,
    COUNT(*) - COUNT(e.user_id) AS plays_without_user,
    ROUND((COUNT(*) - COUNT(e.user_id)) * 100.0 / COUNT(*), 2) AS share_in_percent
FROM run_events AS e
WHERE e.page = 'NextSong' AND e.start_time IS NOT NULL
GROUP BY e.source_partition
HAVING COUNT(*) > COUNT(e.user_id)
