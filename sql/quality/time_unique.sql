-- A timestamp of this run's plays that has no row, or more than one.
-- Reads: run_times, staged_partitions, etl.load_ledger, public.time
SELECT
    e.start_time,
    COUNT(t.start_time) AS copies
FROM (
    SELECT DISTINCT n.start_time
    FROM run_times AS n
    INNER JOIN etl.load_ledger AS l
        ON
            n.source_partition = l.source_partition
            AND l.target_table = 'songplays'
            AND l.run_id = :run_id
            AND l.manifest_hash IN (SELECT f.manifest_hash FROM staged_partitions AS f)
            AND l.source_partition BETWEEN :partitions_from AND :partitions_to
) AS e
LEFT JOIN public.time AS t ON e.start_time = t.start_time AND t.start_time BETWEEN :days_from AND :days_to
GROUP BY e.start_time
HAVING COUNT(t.start_time) <> 1
