-- The hours of a period whose last load found objects that no load reads, the last loaded first.
-- Reads: etl.load_ledger, etl.quality_results
SELECT
    c.source_partition,
    c.failures,
    c.sample,
    c.checked_at
FROM (
    SELECT
        l.source_partition,
        q.failures,
        q.sample,
        q.checked_at,
        ROW_NUMBER() OVER (PARTITION BY l.source_partition ORDER BY q.checked_at DESC) AS age
    FROM etl.load_ledger AS l
    INNER JOIN etl.quality_results AS q ON l.dag_id = q.dag_id AND l.run_id = q.run_id
    WHERE
        l.target_table = 'songplays'
        AND l.partition_ts >= :since
        AND l.partition_ts < :until
        AND q.check_name = 'files_claimed'
) AS c
WHERE c.age = 1 AND c.failures > 0
ORDER BY c.checked_at DESC, c.source_partition DESC
LIMIT 9000
