-- Each check over the last results of each: what it said last, how often it said what, the hours (starts of the runs'
-- windows) for which its latest word is that something is wrong, and some offending rows of the newest of these.
-- Reads: etl.quality_results
SELECT
    r.check_name,
    MAX(CASE WHEN r.age = 1 THEN r.severity END) AS severity,
    MAX(CASE WHEN r.age = 1 THEN r.status END) AS status,
    MAX(CASE WHEN r.age = 1 THEN r.failures END) AS failures,
    MAX(CASE WHEN r.open_age = 1 AND r.status <> 'passed' THEN r.sample END) AS sample,
    MAX(CASE WHEN r.age = 1 THEN r.dag_id END) AS dag_id,
    MAX(CASE WHEN r.age = 1 THEN r.run_id END) AS run_id,
    MAX(CASE WHEN r.age = 1 THEN r.task_id END) AS task_id,
    MAX(r.checked_at) AS checked_at,
    COUNT(*) AS results,
    SUM(CASE WHEN r.status = 'passed' THEN 1 ELSE 0 END) AS passed,
    SUM(CASE WHEN r.window_age = 1 AND r.status <> 'passed' THEN 1 ELSE 0 END) AS open_windows,
    MIN(CASE WHEN r.window_age = 1 AND r.status <> 'passed' THEN r.source_partition END) AS first_open_window,
    MAX(CASE WHEN r.window_age = 1 AND r.status <> 'passed' THEN r.source_partition END) AS last_open_window
FROM (
    SELECT
        w.check_name,
        w.severity,
        w.status,
        w.failures,
        w.sample,
        w.source_partition,
        w.dag_id,
        w.run_id,
        w.task_id,
        w.checked_at,
        w.age,
        w.window_age,
        ROW_NUMBER() OVER (
            PARTITION BY w.check_name
            ORDER BY CASE WHEN w.window_age = 1 AND w.status <> 'passed' THEN 0 ELSE 1 END, w.checked_at DESC
        ) AS open_age
    FROM (
        SELECT
            q.check_name,
            q.severity,
            q.status,
            q.failures,
            q.sample,
            q.source_partition,
            q.dag_id,
            q.run_id,
            q.task_id,
            q.checked_at,
            ROW_NUMBER() OVER (PARTITION BY q.check_name ORDER BY q.checked_at DESC) AS age,
            ROW_NUMBER() OVER (PARTITION BY q.check_name, q.source_partition ORDER BY q.checked_at DESC) AS window_age
        FROM etl.quality_results AS q
        WHERE q.checked_at >= :since
    ) AS w
) AS r
GROUP BY r.check_name
ORDER BY r.check_name
