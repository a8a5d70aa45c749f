-- The quality checks that failed when they were last run, for each check and window.
-- Reads: etl.quality_results
SELECT
    latest.check_name,
    latest.source_partition,
    latest.failures,
    latest.sample
FROM (
    SELECT
        q.check_name,
        q.source_partition,
        q.failures,
        q.sample,
        q.status,
        ROW_NUMBER() OVER (PARTITION BY q.check_name, q.source_partition ORDER BY q.checked_at DESC) AS age
    FROM etl.quality_results AS q
) AS latest
WHERE latest.age = 1 AND latest.status = 'failed'
ORDER BY latest.source_partition, latest.check_name
