-- A user of this run's hours that has no row, or more than one.
-- Reads: run_observations, staged_partitions, etl.load_ledger, public.users
SELECT
    e.user_id,
    COUNT(u.user_id) AS copies
FROM (
    SELECT DISTINCT n.user_id
    FROM run_observations AS n
    INNER JOIN etl.load_ledger AS l
        ON
            n.source_partition = l.source_partition
            AND l.target_table = 'songplays'
            AND l.run_id = :run_id
            AND l.manifest_hash IN (SELECT f.manifest_hash FROM staged_partitions AS f)
            AND l.source_partition BETWEEN :partitions_from AND :partitions_to
) AS e
LEFT JOIN public.users AS u ON e.user_id = u.user_id AND u.user_id BETWEEN :users_from AND :users_to
GROUP BY e.user_id
HAVING COUNT(u.user_id) <> 1
