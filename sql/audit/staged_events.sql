-- One sentence for each reason why the staged events are not exactly what this run staged.
-- Reads: staged_partitions, staging_events
SELECT
    'staging_events holds ' || CAST(COUNT(e.source_partition) AS VARCHAR(20)) || ' rows of ' || p.source_partition
    || ' where ' || CAST(p.staged AS VARCHAR(20))
    || ' were staged; clear stage.stage_events and the tasks downstream.' AS problem
FROM staged_partitions AS p
LEFT JOIN staging_events AS e ON p.source_partition = e.source_partition
WHERE p.table_name = 'staging_events'
GROUP BY p.source_partition, p.staged
HAVING COUNT(e.source_partition) <> p.staged
UNION ALL
SELECT
    'Of the ' || CAST(p.source_lines AS VARCHAR(20)) || ' source lines of ' || p.source_partition || ' only '
    || CAST(p.staged AS VARCHAR(20)) || ' are staged and ' || CAST(p.rejected AS VARCHAR(20))
    || ' rejected; clear stage.stage_events and the tasks downstream.' AS problem
FROM staged_partitions AS p
WHERE p.source_lines <> p.staged + p.rejected AND p.table_name = 'staging_events'
