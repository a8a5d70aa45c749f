-- A partition of this run whose plays in the fact are not as many as its ledger row says, or that has none. An hour
-- that another run has published since is that run's to check, and one of which other files are staged now, because
-- the checks alone were cleared, is to be published first.
-- Reads: run_partitions, staged_partitions, etl.load_ledger, etl.play_deliveries, public.songplays
SELECT
    r.source_partition,
    MAX(l.loaded) AS loaded_by_ledger,
    COUNT(p.songplay_id) AS plays_in_fact
FROM run_partitions AS r
LEFT JOIN etl.load_ledger AS l
    ON
        r.source_partition = l.source_partition
        AND l.target_table = 'songplays'
        AND l.source_partition BETWEEN :partitions_from AND :partitions_to
LEFT JOIN etl.play_deliveries AS d
    ON
        r.source_partition = d.source_partition
        AND d.is_shown
        AND d.start_time BETWEEN :days_from AND :days_to
LEFT JOIN public.songplays AS p
    ON
        d.songplay_id = p.songplay_id
        AND d.start_time = p.timestamp
        AND p.timestamp BETWEEN :days_from AND :days_to
GROUP BY r.source_partition, l.run_id, l.manifest_hash
HAVING
    MAX(l.loaded) IS NULL
    OR (
        l.run_id = :run_id
        AND l.manifest_hash IN (SELECT f.manifest_hash FROM staged_partitions AS f)
        AND MAX(l.loaded) <> COUNT(p.songplay_id)
    )
