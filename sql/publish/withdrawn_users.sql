-- The users whose latest word came from a partition that is being loaded again, and does not say so any more, or not as
-- late. Their whole history has to be searched for the latest one that stands. NULL is later than any session and item,
-- so a number that no INTEGER reaches stands for it.
-- Reads: run_observations, run_partitions, etl.latest_observations
SELECT
    'withdrawn_users' AS name,
    'number' AS kind,
    CAST(MIN(l.user_id) AS VARCHAR(20)) AS first_value,
    CAST(MAX(l.user_id) AS VARCHAR(20)) AS last_value
FROM etl.latest_observations AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
LEFT JOIN run_observations AS c
    ON
        l.user_id = c.user_id
        AND l.source_partition = c.source_partition
        AND (
            l.seen_ts < c.seen_ts
            OR (
                l.seen_ts = c.seen_ts
                AND COALESCE(c.session_id, 2147483648) = COALESCE(l.session_id, 2147483648)
                AND COALESCE(c.item_in_session, 2147483648) = COALESCE(l.item_in_session, 2147483648)
            )
        )
WHERE l.user_id BETWEEN :users_from AND :users_to AND c.user_id IS NULL
GROUP BY l.user_id / 10000
