-- The timestamps of the plays that the run's partitions deliver. All deliveries of a play share its timestamp.
-- Reads: run_events, staging_time
SELECT DISTINCT
    e.source_partition,
    t.start_time,
    t.hour,
    t.day,
    t.week,
    t.month,
    t.year,
    t.weekday
FROM run_events AS e
INNER JOIN staging_time AS t ON e.ts = t.ts
WHERE e.page = 'NextSong'
