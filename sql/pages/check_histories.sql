-- The last results of every check, the oldest first.
-- Reads: etl.quality_results
SELECT
    r.check_name,
    r.source_partition,
    r.status,
    r.failures,
    r.checked_at
FROM (
    SELECT
        q.check_name,
        q.source_partition,
        q.status,
        q.failures,
        q.checked_at,
        ROW_NUMBER() OVER (PARTITION BY q.check_name ORDER BY q.checked_at DESC) AS age
    FROM etl.quality_results AS q
    WHERE q.checked_at >= :since
) AS r
WHERE r.age <= 30
ORDER BY r.check_name, r.checked_at
LIMIT 5000
