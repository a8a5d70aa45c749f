-- One sentence for each figure that does not add up. The terms are counted from different tables: the staging, the
-- deliveries, the rejects and the fact itself.
SELECT
    'Of the ' || CAST(l.candidates AS VARCHAR(20)) || ' plays staged for ' || l.source_partition || ', '
    || CAST(l.loaded AS VARCHAR(20)) || ' are loaded, ' || CAST(l.duplicates AS VARCHAR(20)) || ' duplicates and '
    || CAST(l.rejected_by_rule AS VARCHAR(20)) || ' rejected by rule: the figures do not add up.' AS problem
FROM etl.load_ledger AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
WHERE
    l.target_table = 'songplays'
    AND l.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b)
    AND (
        l.candidates <> l.loaded + l.duplicates + l.rejected_by_rule
        OR l.staged < l.in_scope
        OR l.source_lines <> l.staged + l.rejected
    )
UNION ALL
SELECT
    'The fact shows ' || CAST(COUNT(p.songplay_id) AS VARCHAR(20)) || ' of the '
    || CAST(COUNT(d.songplay_id) AS VARCHAR(20)) || ' plays that this load delivers.' AS problem
FROM ranked_deliveries AS d
LEFT JOIN public.songplays AS p
    ON
        d.songplay_id = p.songplay_id
        AND d.start_time = p.timestamp
        AND p.timestamp BETWEEN (SELECT MIN(b.timestamp) FROM affected_plays AS b)
        AND (SELECT MAX(b.timestamp) FROM affected_plays AS b)
WHERE d.choice = 1
HAVING COUNT(p.songplay_id) <> COUNT(d.songplay_id)
UNION ALL
SELECT
    CAST(SUM(l.rejected_by_rule) AS VARCHAR(20)) || ' plays are rejected by rule but '
    || CAST(MAX(n.kept) AS VARCHAR(20)) || ' are kept in etl.rejects.' AS problem
FROM etl.load_ledger AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
CROSS JOIN (
    SELECT COUNT(*) AS kept
    FROM etl.rejects AS k
    INNER JOIN run_partitions AS b ON k.source_partition = b.source_partition
    WHERE
        k.table_name = 'songplays'
        AND k.source_partition BETWEEN (SELECT MIN(c.source_partition) FROM run_partitions AS c)
        AND (SELECT MAX(c.source_partition) FROM run_partitions AS c)
) AS n
WHERE
    l.target_table = 'songplays'
    AND l.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b)
HAVING SUM(l.rejected_by_rule) <> MAX(n.kept)
