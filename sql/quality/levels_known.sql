-- A play of this run whose subscription level is neither free nor paid.
SELECT
    e.source_partition,
    e.user_id,
    e.level
FROM run_events AS e
WHERE e.page = 'NextSong' AND (e.level IS NULL OR e.level NOT IN ('free', 'paid'))
