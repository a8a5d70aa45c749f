-- A play that the run would publish twice, or without its time or user.
-- Reads: run_observations, run_plays, run_times
SELECT
    p.songplay_id,
    p.source_partition,
    COUNT(*) AS copies
FROM run_plays AS p
LEFT JOIN run_times AS t ON p.source_partition = t.source_partition AND p.start_time = t.start_time
LEFT JOIN run_observations AS u ON p.source_partition = u.source_partition AND p.user_id = u.user_id
GROUP BY p.songplay_id, p.source_partition
HAVING COUNT(*) <> 1 OR COUNT(t.start_time) <> 1 OR COUNT(u.user_id) <> COUNT(p.user_id)
