-- Where the rows of this run have their place in the tables that grow.
-- Reads: run_observations, run_partitions, run_songs, run_times, staged_objects
SELECT
    'partitions' AS name,
    'text' AS kind,
    MIN(source_partition) AS first_value,
    MAX(source_partition) AS last_value
FROM run_partitions
UNION ALL
SELECT
    'usual_partitions' AS name,
    'text' AS kind,
    REPLACE(
        TO_CHAR(TIMESTAMP 'epoch' + (MIN(r.start_ts) - w.ago) * INTERVAL '0.001 second', 'YYYY-MM-DD HH24'), ' ', 'T'
    ) AS first_value,
    REPLACE(
        TO_CHAR(TIMESTAMP 'epoch' + (MAX(r.start_ts) - w.ago) * INTERVAL '0.001 second', 'YYYY-MM-DD HH24'), ' ', 'T'
    ) AS last_value
FROM run_partitions AS r
CROSS JOIN (
    SELECT 604800000 AS ago
    UNION ALL
    SELECT 1209600000 AS ago
    UNION ALL
    SELECT 1814400000 AS ago
    UNION ALL
    SELECT 2419200000 AS ago
) AS w
GROUP BY w.ago
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
    'users' AS name,
    'number' AS kind,
    CAST(MIN(user_id) AS VARCHAR(20)) AS first_value,
    CAST(MAX(user_id) AS VARCHAR(20)) AS last_value
FROM run_observations
GROUP BY user_id / 10000
UNION ALL
SELECT
    'song_ids' AS name,
    'text' AS kind,
    MIN(song_id) AS first_value,
    MAX(song_id) AS last_value
FROM run_songs
GROUP BY SUBSTRING(song_id, 1, 4)
UNION ALL
SELECT
    'song_uris' AS name,
    'text' AS kind,
    MIN(object_uri) AS first_value,
    MAX(object_uri) AS last_value
FROM staged_objects
WHERE table_name = 'staging_songs'
