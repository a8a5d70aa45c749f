-- A partition of this run whose plays in the fact are not as many as its ledger row says, or that has none.
SELECT
    r.source_partition,
    MAX(l.loaded) AS loaded_by_ledger,
    COUNT(p.songplay_id) AS plays_in_fact
FROM run_partitions AS r
LEFT JOIN etl.load_ledger AS l
    ON
        r.source_partition = l.source_partition
        AND l.target_table = 'songplays'
        AND l.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
        AND (SELECT MAX(b.source_partition) FROM run_partitions AS b)
LEFT JOIN etl.play_deliveries AS d
    ON
        r.source_partition = d.source_partition
        AND d.is_shown
        AND d.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
        AND (SELECT MAX(b.source_partition) FROM run_partitions AS b)
LEFT JOIN public.songplays AS p
    ON
        d.songplay_id = p.songplay_id
        AND d.start_time = p.timestamp
        AND p.timestamp BETWEEN (SELECT MIN(t.start_time) FROM staging_time AS t)
        AND (SELECT MAX(t.start_time) FROM staging_time AS t)
GROUP BY r.source_partition
HAVING MAX(l.loaded) IS NULL OR MAX(l.loaded) <> COUNT(p.songplay_id)
