-- An hour with less than a quarter, or more than four times, the plays that the same hour had on average over the
-- four weeks before (where these had at least 20 an hour).
-- Reads: run_partitions, etl.load_ledger
SELECT
    l.source_partition,
    MAX(l.loaded) AS loaded,
    AVG(h.loaded) AS usual
FROM etl.load_ledger AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
INNER JOIN etl.load_ledger AS h
    ON
        l.target_table = h.target_table
        AND h.partition_ts IN (
            l.partition_ts - 604800000,
            l.partition_ts - 1209600000,
            l.partition_ts - 1814400000,
            l.partition_ts - 2419200000
        )
        AND h.source_partition BETWEEN :usual_partitions_from AND :usual_partitions_to
WHERE
    l.target_table = 'songplays'
    AND l.source_partition BETWEEN :partitions_from AND :partitions_to
GROUP BY l.source_partition
HAVING AVG(h.loaded) >= 20 AND (MAX(l.loaded) * 4 < AVG(h.loaded) OR MAX(l.loaded) > AVG(h.loaded) * 4)
