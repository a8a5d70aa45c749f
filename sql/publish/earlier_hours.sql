-- The version of the tables, the number of the run's hours, and the result if an earlier try has published the run. For
-- each hour that shares files with the run's: whether it is one of the run's own, whether it was loaded from other
-- files that were seen later (is_newer) or at the same moment (is_tied), or from the same files seen later
-- (is_seen_later), on which days its plays began, and whether its rejected lines and plays may differ. One row without
-- an hour when there is none.
-- Reads: run_events, run_loads, run_partitions, staged_partitions, etl.load_ledger, etl.migrations
SELECT
    s.schema_version,
    s.run_hours,
    s.result,
    h.source_partition,
    h.file_partition,
    h.is_of_run,
    h.is_newer,
    h.is_tied,
    h.is_seen_later,
    h.has_other_lines,
    h.has_other_facts,
    h.run_id,
    h.partition_ts,
    h.as_of,
    h.fact_days
FROM (
    SELECT
        (SELECT MAX(number) FROM etl.migrations) AS schema_version,
        (SELECT COUNT(*) FROM run_partitions) AS run_hours,
        (
            SELECT result FROM run_loads
            WHERE table_name = 'publish'
        ) AS result
) AS s
LEFT JOIN (
    SELECT
        l.source_partition,
        p.source_partition AS file_partition,
        l.run_id,
        l.partition_ts,
        l.as_of,
        l.play_days AS fact_days,
        r.source_partition IS NOT NULL AS is_of_run,
        l.manifest_hash <> p.manifest_hash AND l.as_of > p.as_of AS is_newer,
        l.manifest_hash <> p.manifest_hash AND l.as_of = p.as_of AS is_tied,
        l.manifest_hash = p.manifest_hash AND l.as_of > p.as_of AS is_seen_later,
        l.manifest_hash <> p.manifest_hash OR l.rejected <> p.rejected AS has_other_lines,
        l.rejected_by_rule <> COALESCE(n.rejected_by_rule, 0) AS has_other_facts
    FROM etl.load_ledger AS l
    INNER JOIN staged_partitions AS p
        ON l.partition_ts >= p.start_ts AND l.partition_ts < p.end_ts AND p.table_name = 'staging_events'
    LEFT JOIN run_partitions AS r ON l.source_partition = r.source_partition
    LEFT JOIN (
        SELECT
            source_partition,
            COUNT(*) AS rejected_by_rule
        FROM run_events
        WHERE page = 'NextSong' AND start_time IS NULL
        GROUP BY source_partition
    ) AS n ON l.source_partition = n.source_partition
    WHERE l.target_table = 'songplays' AND l.source_partition BETWEEN :file_hours_from AND :file_hours_to
) AS h ON s.schema_version IS NOT NULL
