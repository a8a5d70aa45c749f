-- When a check last ran.
-- Reads: etl.quality_results
SELECT MAX(q.checked_at) AS checked_at
FROM etl.quality_results AS q
