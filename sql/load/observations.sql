-- What the run's partitions say of their users: per partition and user, the user's last event. To Redshift texts that
-- differ in trailing blanks are equal: LEN tells them apart.
-- Reads: run_events
SELECT
    source_partition,
    user_id,
    ts AS seen_ts,
    session_id,
    item_in_session,
    first_name,
    last_name,
    gender,
    level
FROM (
    SELECT
        source_partition,
        user_id,
        ts,
        session_id,
        item_in_session,
        first_name,
        last_name,
        gender,
        level,
        ROW_NUMBER() OVER (
            PARTITION BY source_partition, user_id
            ORDER BY
                ts DESC, session_id DESC, item_in_session DESC,
                level DESC, first_name DESC, last_name DESC, gender DESC,
                LEN(level) DESC, LEN(first_name) DESC, LEN(last_name) DESC, LEN(gender) DESC
        ) AS recency
    FROM run_events
    WHERE user_id IS NOT NULL AND start_time IS NOT NULL
) AS o
WHERE recency = 1
