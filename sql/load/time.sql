-- The timestamps of the run's plays. All deliveries of a play share its timestamp, so whichever of them the fact
-- shows, its row is here.
SELECT DISTINCT
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
