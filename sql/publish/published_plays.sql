-- One sentence for each figure that does not add up, whose terms are counted from different tables: the staging, the
-- deliveries, the rejects and the fact itself; and a row of the run's figures from the source's lines to the fact's
-- rows. In the daily layout the lines, staged and rejected are those of the day's files.
-- Reads: ranked_plays, run_partitions, staged_partitions, etl.load_ledger, etl.rejects, public.songplays
SELECT
    CAST(NULL AS VARCHAR(1024)) AS problem,
    s.source_lines,
    s.staged,
    s.rejected,
    l.in_scope,
    l.plays,
    l.duplicates,
    l.rejected_by_rule,
    l.loaded
FROM (
    SELECT
        COALESCE(SUM(source_lines), 0) AS source_lines,
        COALESCE(SUM(staged), 0) AS staged,
        COALESCE(SUM(rejected), 0) AS rejected
    FROM staged_partitions
    WHERE table_name = 'staging_events'
) AS s
CROSS JOIN (
    SELECT
        COALESCE(SUM(g.in_scope), 0) AS in_scope,
        COALESCE(SUM(g.candidates), 0) AS plays,
        COALESCE(SUM(g.duplicates), 0) AS duplicates,
        COALESCE(SUM(g.rejected_by_rule), 0) AS rejected_by_rule,
        COALESCE(SUM(g.loaded), 0) AS loaded
    FROM etl.load_ledger AS g
    INNER JOIN run_partitions AS r ON g.source_partition = r.source_partition
    WHERE
        g.target_table = 'songplays'
        AND g.source_partition BETWEEN :partitions_from AND :partitions_to
) AS l
UNION ALL
SELECT
    'Of the ' || CAST(l.candidates AS VARCHAR(20)) || ' plays staged for ' || l.source_partition || ', '
    || CAST(l.loaded AS VARCHAR(20)) || ' are loaded, ' || CAST(l.duplicates AS VARCHAR(20)) || ' duplicates and '
    || CAST(l.rejected_by_rule AS VARCHAR(20)) || ' rejected by rule: the figures do not add up.' AS problem,
    NULL AS source_lines,
    NULL AS staged,
    NULL AS rejected,
    NULL AS in_scope,
    NULL AS plays,
    NULL AS duplicates,
    NULL AS rejected_by_rule,
    NULL AS loaded
FROM etl.load_ledger AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
WHERE
    l.target_table = 'songplays'
    AND l.source_partition BETWEEN :partitions_from AND :partitions_to
    AND (
        l.candidates <> l.loaded + l.duplicates + l.rejected_by_rule
        OR l.staged < l.in_scope
        OR l.source_lines <> l.staged + l.rejected
    )
UNION ALL
SELECT
    'The fact shows ' || CAST(COUNT(p.songplay_id) AS VARCHAR(20)) || ' of the '
    || CAST(COUNT(d.songplay_id) AS VARCHAR(20)) || ' plays that this load delivers.' AS problem,
    NULL AS source_lines,
    NULL AS staged,
    NULL AS rejected,
    NULL AS in_scope,
    NULL AS plays,
    NULL AS duplicates,
    NULL AS rejected_by_rule,
    NULL AS loaded
FROM ranked_plays AS d
LEFT JOIN public.songplays AS p
    ON
        d.songplay_id = p.songplay_id
        AND d.start_time = p.timestamp
        AND p.timestamp BETWEEN :shown_days_from AND :shown_days_to
WHERE d.choice = 1
HAVING COUNT(p.songplay_id) <> COUNT(d.songplay_id)
UNION ALL
SELECT
    CAST(SUM(l.rejected_by_rule) AS VARCHAR(20)) || ' plays are rejected by rule but '
    || CAST(MAX(n.kept) AS VARCHAR(20)) || ' are kept in etl.rejects.' AS problem,
    NULL AS source_lines,
    NULL AS staged,
    NULL AS rejected,
    NULL AS in_scope,
    NULL AS plays,
    NULL AS duplicates,
    NULL AS rejected_by_rule,
    NULL AS loaded
FROM etl.load_ledger AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
CROSS JOIN (
    SELECT COUNT(*) AS kept
    FROM etl.rejects AS k
    INNER JOIN run_partitions AS b ON k.source_partition = b.source_partition
    WHERE
        k.table_name = 'songplays'
        AND k.source_partition BETWEEN :partitions_from AND :partitions_to
) AS n
WHERE
    l.target_table = 'songplays'
    AND l.source_partition BETWEEN :partitions_from AND :partitions_to
HAVING SUM(l.rejected_by_rule) <> MAX(n.kept)
