SELECT
    e.user_id,
    e.first_name,
    e.last_name,
    e.gender,
    e.level
FROM (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY user_id
            ORDER BY ts DESC, session_id DESC, item_in_session DESC, level DESC
        ) AS choice
    FROM {schema}.staging_events
    WHERE user_id IS NOT NULL
) AS e
WHERE e.choice = 1
