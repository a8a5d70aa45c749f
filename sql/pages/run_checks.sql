-- The results of the checks of a run, the latest of each.
-- Reads: etl.quality_results
SELECT
    c.check_name,
    c.severity,
    c.status,
    c.failures,
    c.sample,
    c.task_id,
    c.checked_at
FROM (
    SELECT
        q.check_name,
        q.severity,
        q.status,
        q.failures,
        q.sample,
        q.task_id,
        q.checked_at,
        ROW_NUMBER() OVER (PARTITION BY q.check_name ORDER BY q.checked_at DESC) AS age
    FROM etl.quality_results AS q
    WHERE q.dag_id = :dag_id AND q.run_id = :run_id
) AS c
WHERE c.age = 1
ORDER BY c.check_name
