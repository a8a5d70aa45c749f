-- Lines in quarantine by partition and reason. A partition is an hour, a day, or '' for files that belong to no hour.
-- Reads: etl.rejects
SELECT
    table_name,
    source_partition,
    reason,
    COUNT(*) AS line_count
FROM etl.rejects
WHERE
    (source_partition BETWEEN :label_from AND :label_to OR source_partition IN (:day, ''))
    AND (:reason = '' OR POSITION(LOWER(:reason) IN LOWER(reason)) > 0)
GROUP BY table_name, source_partition, reason
ORDER BY source_partition, table_name, reason
