-- The run's figures from the source's lines to the fact's rows, for the log. In the daily layout the lines, staged and
-- rejected are those of the day's files.
SELECT
    'source lines' AS figure,
    COALESCE(SUM(source_lines), 0) AS amount,
    1 AS place
FROM staged_partitions
WHERE table_name = 'staging_events'
UNION ALL
SELECT
    'staged' AS figure,
    COALESCE(SUM(staged), 0) AS amount,
    2 AS place
FROM staged_partitions
WHERE table_name = 'staging_events'
UNION ALL
SELECT
    'rejected' AS figure,
    COALESCE(SUM(rejected), 0) AS amount,
    3 AS place
FROM staged_partitions
WHERE table_name = 'staging_events'
UNION ALL
SELECT
    n.figure,
    SUM(
        CASE n.place
            WHEN 4 THEN l.in_scope
            WHEN 5 THEN l.candidates
            WHEN 6 THEN l.duplicates
            WHEN 7 THEN l.rejected_by_rule
            ELSE l.loaded
        END
    ) AS amount,
    n.place
FROM etl.load_ledger AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
CROSS JOIN (
    SELECT
        'in scope' AS figure,
        4 AS place
    UNION ALL
    SELECT
        'plays' AS figure,
        5 AS place
    UNION ALL
    SELECT
        'duplicates' AS figure,
        6 AS place
    UNION ALL
    SELECT
        'ruled out' AS figure,
        7 AS place
    UNION ALL
    SELECT
        'loaded' AS figure,
        8 AS place
) AS n
WHERE
    l.target_table = 'songplays'
    AND l.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b)
GROUP BY n.figure, n.place
ORDER BY place
