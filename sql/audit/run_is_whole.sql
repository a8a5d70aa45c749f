-- One sentence for each hour that was not staged, for song files that were not, and for each table that was not built,
-- or not of what is staged now, or that has lost rows since; none of tables when the run is published already.
-- Reads: run_artists, run_loads, run_observations, run_partitions, run_plays, run_songs, run_times, staged_partitions,
--     staging_events, staging_time
SELECT
    'The run has not staged the events of ' || r.source_partition
    || '; clear stage.stage_events and the tasks downstream.' AS problem
FROM run_partitions AS r
LEFT JOIN staged_partitions AS p
    ON r.start_ts >= p.start_ts AND r.start_ts < p.end_ts AND p.table_name = 'staging_events'
WHERE p.table_name IS NULL
UNION ALL
SELECT 'The run has not staged the song files; clear stage.stage_songs and the tasks downstream.' AS problem
FROM (
    SELECT COUNT(*) AS partitions
    FROM staged_partitions
    WHERE table_name = 'staging_songs'
) AS n
WHERE n.partitions = 0
UNION ALL
SELECT
    b.table_name || CASE
        WHEN l.table_name IS NULL THEN ' was not built'
        WHEN l.as_of <> b.as_of THEN ' was built of what was staged before'
        ELSE
            ' holds ' || CAST(b.found AS VARCHAR(20)) || ' rows where ' || CAST(l.row_count AS VARCHAR(20))
            || ' were built'
    END || '; clear ' || b.task_id || ' and the tasks downstream.' AS problem
FROM (
    SELECT
        n.table_name,
        n.task_id,
        n.found,
        s.as_of
    FROM (
        SELECT
            'run_plays' AS table_name,
            'staging_events' AS staged_table,
            'load.load_songplays' AS task_id,
            COUNT(*) AS found
        FROM run_plays
        UNION ALL
        SELECT
            'run_observations' AS table_name,
            'staging_events' AS staged_table,
            'load.load_users' AS task_id,
            COUNT(*) AS found
        FROM run_observations
        UNION ALL
        SELECT
            'run_times' AS table_name,
            'staging_events' AS staged_table,
            'load.load_time' AS task_id,
            COUNT(*) AS found
        FROM run_times
        UNION ALL
        SELECT
            'run_songs' AS table_name,
            'staging_songs' AS staged_table,
            'load.load_songs' AS task_id,
            COUNT(*) AS found
        FROM run_songs
        UNION ALL
        SELECT
            'run_artists' AS table_name,
            'staging_songs' AS staged_table,
            'load.load_artists' AS task_id,
            COUNT(*) AS found
        FROM run_artists
    ) AS n
    INNER JOIN (
        SELECT
            table_name,
            MAX(as_of) AS as_of,
            SUM(staged) AS staged
        FROM staged_partitions
        GROUP BY table_name
    ) AS s ON n.staged_table = s.table_name
    WHERE s.table_name = 'staging_events' OR s.staged > 0
) AS b
LEFT JOIN run_loads AS l ON b.table_name = l.table_name
WHERE
    (l.table_name IS NULL OR l.as_of <> b.as_of OR l.row_count <> b.found)
    AND (
        SELECT COUNT(*) FROM run_loads AS p
        WHERE p.table_name = 'publish'
    ) = 0
UNION ALL
SELECT
    CAST(COUNT(*) AS VARCHAR(20))
    || ' staged events have a timestamp that staging_time lacks; clear stage.build_staging_time and all downstream.'
        AS problem
FROM staging_events AS e
LEFT JOIN staging_time AS t ON e.ts = t.ts
WHERE e.ts >= :first_valid_ts AND e.ts < :end_valid_ts AND t.ts IS NULL
HAVING COUNT(*) > 0
UNION ALL
SELECT
    d.source_partition || ' of ' || d.table_name || ' was staged ' || CAST(d.times AS VARCHAR(20))
    || ' times; clear open_staging and all downstream.' AS problem
FROM (
    SELECT
        table_name,
        source_partition,
        COUNT(*) AS times
    FROM staged_partitions
    GROUP BY table_name, source_partition
) AS d
WHERE d.times > 1
