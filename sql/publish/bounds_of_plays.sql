-- Where the rows lie that this load replaces or gives another rank, the users whose latest word may be another one, the
-- plays that are to be shown, those of them that the fact may have (known_days), and the songs that they may match.
-- Reads: ranked_plays, run_observations, run_partitions, withdrawn_plays, etl.user_observations
SELECT
    'withdrawn_days' AS name,
    'time' AS kind,
    TO_CHAR(MIN(start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS first_value,
    TO_CHAR(MAX(start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS last_value
FROM withdrawn_plays
GROUP BY TRUNC(start_time)
UNION ALL
SELECT
    'reranked_days' AS name,
    'time' AS kind,
    TO_CHAR(MIN(start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS first_value,
    TO_CHAR(MAX(start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS last_value
FROM ranked_plays
WHERE was_shown <> (choice = 1)
GROUP BY TRUNC(start_time)
UNION ALL
SELECT
    'reranked_partitions' AS name,
    'text' AS kind,
    MIN(source_partition) AS first_value,
    MAX(source_partition) AS last_value
FROM ranked_plays
WHERE was_shown <> (choice = 1) AND NOT is_of_run
GROUP BY SUBSTRING(source_partition, 1, 10)
UNION ALL
SELECT
    'users' AS name,
    'number' AS kind,
    CAST(MIN(user_id) AS VARCHAR(20)) AS first_value,
    CAST(MAX(user_id) AS VARCHAR(20)) AS last_value
FROM (
    SELECT user_id
    FROM run_observations
    UNION ALL
    SELECT h.user_id
    FROM etl.user_observations AS h
    INNER JOIN run_partitions AS r ON h.source_partition = r.source_partition
    WHERE h.source_partition BETWEEN :earlier_partitions_from AND :earlier_partitions_to
) AS u
GROUP BY user_id / 10000
UNION ALL
SELECT
    'shown_days' AS name,
    'time' AS kind,
    TO_CHAR(MIN(start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS first_value,
    TO_CHAR(MAX(start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS last_value
FROM ranked_plays
WHERE choice = 1
GROUP BY TRUNC(start_time)
UNION ALL
SELECT
    'titles' AS name,
    'text' AS kind,
    MIN(title) AS first_value,
    MAX(title) AS last_value
FROM ranked_plays
WHERE choice = 1 AND title IS NOT NULL
GROUP BY SUBSTRING(title, 1, 1)
UNION ALL
SELECT
    'known_days' AS name,
    'time' AS kind,
    TO_CHAR(MIN(k.start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS first_value,
    TO_CHAR(MAX(k.start_time), 'YYYY-MM-DD HH24:MI:SS.US') AS last_value
FROM (
    SELECT start_time
    FROM ranked_plays
    WHERE was_shown IS NOT NULL
    UNION ALL
    SELECT start_time
    FROM withdrawn_plays
) AS k
GROUP BY TRUNC(k.start_time)
