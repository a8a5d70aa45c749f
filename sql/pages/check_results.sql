-- The last results of a check, the newest first.
-- Reads: etl.quality_results
SELECT
    q.source_partition,
    q.severity,
    q.status,
    q.failures,
    q.sample,
    q.dag_id,
    q.run_id,
    q.task_id,
    q.try_number,
    q.checked_at
FROM etl.quality_results AS q
WHERE q.check_name = :check_name AND q.checked_at >= :since
ORDER BY q.checked_at DESC
LIMIT 200
