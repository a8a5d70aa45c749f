-- Users of whom no observation is left are gone.
-- Reads: latest_users, run_partitions, etl.latest_observations
-- Changes: etl.latest_observations, public.users
DELETE FROM public.users
WHERE
    users.user_id BETWEEN :withdrawn_users_from AND :withdrawn_users_to
    AND users.user_id IN (
        SELECT l.user_id
        FROM etl.latest_observations AS l
        INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
        LEFT JOIN latest_users AS c ON l.user_id = c.user_id
        WHERE l.user_id BETWEEN :withdrawn_users_from AND :withdrawn_users_to AND c.user_id IS NULL
    );

DELETE FROM etl.latest_observations
USING run_partitions AS r
WHERE
    latest_observations.source_partition = r.source_partition
    AND latest_observations.user_id BETWEEN :withdrawn_users_from AND :withdrawn_users_to
    AND NOT EXISTS (
        SELECT 1
        FROM latest_users AS c
        WHERE c.user_id = latest_observations.user_id
    );
