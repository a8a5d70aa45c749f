-- Remove what the run's partitions said of users before and say no longer.
-- Reads: run_observations, run_partitions
-- Changes: etl.user_observations
DELETE FROM etl.user_observations
USING run_partitions AS r
WHERE
    user_observations.source_partition = r.source_partition
    AND user_observations.source_partition BETWEEN :earlier_partitions_from AND :earlier_partitions_to
    AND NOT EXISTS (
        SELECT 1
        FROM run_observations AS c
        WHERE
            c.source_partition = user_observations.source_partition
            AND c.user_id = user_observations.user_id
    );
