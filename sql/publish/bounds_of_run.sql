-- Where the run's rows have their place in the tables that grow. Of values that lie far apart each group has a range of
-- its own, so that one outlier does not widen the others'.
-- Reads: run_events, run_partitions, run_times, staged_objects, staged_partitions, staged_rejects
SELECT
    'partitions' AS name,
    'text' AS kind,
    MIN(source_partition) AS first_value,
    MAX(source_partition) AS last_value
FROM run_partitions
UNION ALL
SELECT
    'file_hours' AS name,
    'text' AS kind,
    REPLACE(TO_CHAR(TIMESTAMP 'epoch' + MIN(start_ts) * INTERVAL '0.001 second', 'YYYY-MM-DD HH24'), ' ', 'T')
        AS first_value,
    REPLACE(TO_CHAR(TIMESTAMP 'epoch' + (MAX(end_ts) - 1) * INTERVAL '0.001 second', 'YYYY-MM-DD HH24'), ' ', 'T')
        AS last_value
FROM staged_partitions
WHERE table_name = 'staging_events'
UNION ALL
SELECT
    'days' AS name,
    'time' AS kind,
    TO_CHAR(MIN(start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS first_value,
    TO_CHAR(MAX(start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS last_value
FROM run_times
GROUP BY TRUNC(start_time)
UNION ALL
SELECT
    'rejects' AS name,
    'text' AS kind,
    MIN(n.source_partition) AS first_value,
    MAX(n.source_partition) AS last_value
FROM (
    SELECT source_partition
    FROM staged_rejects
    WHERE table_name = 'staging_events'
    UNION ALL
    SELECT source_partition
    FROM run_events
    WHERE page = 'NextSong' AND start_time IS NULL
) AS n
UNION ALL
SELECT
    'song_files' AS name,
    'text' AS kind,
    MIN(MD5(object_uri)) AS first_value,
    MAX(MD5(object_uri)) AS last_value
FROM staged_objects
WHERE table_name = 'staging_songs'
GROUP BY SUBSTRING(MD5(object_uri), 1, 2)
UNION ALL
SELECT
    'song_uris' AS name,
    'text' AS kind,
    MIN(object_uri) AS first_value,
    MAX(object_uri) AS last_value
FROM staged_objects
WHERE table_name = 'staging_songs'
