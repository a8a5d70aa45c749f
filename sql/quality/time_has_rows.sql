-- time has none of the rows that this run published, although it built some.
-- Reads: run_times, staged_partitions, etl.load_ledger, public.time
SELECT 'time' AS empty_table
WHERE
    EXISTS (
        SELECT 1
        FROM run_times AS n
        INNER JOIN etl.load_ledger AS l
            ON
                n.source_partition = l.source_partition
                AND l.target_table = 'songplays'
                AND l.run_id = :run_id
                AND l.manifest_hash IN (SELECT f.manifest_hash FROM staged_partitions AS f)
                AND l.source_partition BETWEEN :partitions_from AND :partitions_to
    )
    AND NOT EXISTS (
        SELECT 1
        FROM public.time AS t
        WHERE t.start_time BETWEEN :days_from AND :days_to
    )
