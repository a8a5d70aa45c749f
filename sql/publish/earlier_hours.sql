-- The version of the tables, how many hours the run has, its result when a try before this one has published it; and
-- what the ledger says of the hours that share files with the run's: which are the run's own, whether they were loaded
-- from other files seen later than the run's (is_newer) or at the very same moment (is_tied), or from the same files
-- seen later (is_seen_later), on which days their plays began, and whether the lines and plays that are rejected may be
-- other ones than before. One row without an hour when there is none.
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
    h.has_other_plays,
    h.run_id,
    h.partition_ts,
    h.as_of,
    h.play_days
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
        l.play_days,
        r.source_partition IS NOT NULL AS is_of_run,
        l.manifest_hash <> p.manifest_hash AND l.as_of > p.as_of AS is_newer,
        l.manifest_hash <> p.manifest_hash AND l.as_of = p.as_of AS is_tied,
        l.manifest_hash = p.manifest_hash AND l.as_of > p.as_of AS is_seen_later,
        l.manifest_hash <> p.manifest_hash OR l.rejected <> p.rejected AS has_other_lines,
        l.rejected_by_rule <> COALESCE(n.rejected_by_rule, 0) AS has_other_plays
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
