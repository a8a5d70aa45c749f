-- The users whose latest observation is one of the run's, or of their history since the run's partitions withdrew it.
-- For all others the one that is known stays. The search of the history cannot be bounded by its sort key, and is made
-- only when there are such users (withdrawn_users.sql).
-- Reads: run_observations, run_partitions, etl.latest_observations, etl.user_observations
-- Makes: latest_users (temporary)
CREATE TEMP TABLE latest_users AS
SELECT
    w.source_partition,
    w.user_id,
    w.seen_ts,
    w.session_id,
    w.item_in_session,
    w.first_name,
    w.last_name,
    w.gender,
    w.level
FROM (
    SELECT
        o.source_partition,
        o.user_id,
        o.seen_ts,
        o.session_id,
        o.item_in_session,
        o.first_name,
        o.last_name,
        o.gender,
        o.level,
        o.is_known,
        ROW_NUMBER() OVER (
            PARTITION BY o.user_id
            ORDER BY o.seen_ts DESC, o.session_id DESC, o.item_in_session DESC, o.source_partition ASC
        ) AS recency
    FROM (
        SELECT
            c.source_partition,
            c.user_id,
            c.seen_ts,
            c.session_id,
            c.item_in_session,
            c.first_name,
            c.last_name,
            c.gender,
            c.level,
            FALSE AS is_known
        FROM run_observations AS c
        UNION ALL
        SELECT
            l.source_partition,
            l.user_id,
            l.seen_ts,
            l.session_id,
            l.item_in_session,
            NULL AS first_name,
            NULL AS last_name,
            NULL AS gender,
            NULL AS level,
            TRUE AS is_known
        FROM etl.latest_observations AS l
        WHERE
            l.user_id BETWEEN :users_from AND :users_to
            AND l.user_id IN (SELECT o.user_id FROM run_observations AS o)
            AND l.source_partition NOT IN (SELECT r.source_partition FROM run_partitions AS r)
        UNION ALL
        SELECT
            h.source_partition,
            h.user_id,
            h.seen_ts,
            h.session_id,
            h.item_in_session,
            h.first_name,
            h.last_name,
            h.gender,
            h.level,
            FALSE AS is_known
        FROM run_partitions AS r
        INNER JOIN etl.latest_observations AS l ON r.source_partition = l.source_partition
        INNER JOIN etl.user_observations AS h ON l.user_id = h.user_id
        WHERE
            h.user_id BETWEEN :withdrawn_users_from AND :withdrawn_users_to
            AND l.user_id BETWEEN :withdrawn_users_from AND :withdrawn_users_to
            AND h.source_partition NOT IN (SELECT x.source_partition FROM run_partitions AS x)
    ) AS o
) AS w
WHERE w.recency = 1 AND NOT w.is_known;
