-- The ledger rows of the run's hours; and the counts of other partitions whose deliveries won or lost a play by this
-- load.
-- Reads: ranked_plays, run_events, run_partitions, staged_partitions
-- Changes: etl.load_ledger
DELETE FROM etl.load_ledger
USING run_partitions AS r
WHERE
    load_ledger.source_partition = r.source_partition
    AND load_ledger.target_table = 'songplays'
    AND load_ledger.source_partition BETWEEN :earlier_partitions_from AND :earlier_partitions_to;

INSERT INTO etl.load_ledger (
    target_table,
    source_partition,
    partition_ts,
    manifest_hash,
    object_count,
    byte_count,
    source_lines,
    staged,
    rejected,
    in_scope,
    out_of_scope,
    candidates,
    rejected_by_rule,
    duplicates,
    loaded,
    dag_id,
    run_id,
    task_id,
    try_number,
    query_ids,
    seconds,
    loaded_at,
    as_of,
    play_days
)
SELECT
    'songplays' AS target_table,
    e.source_partition,
    e.start_ts,
    p.manifest_hash,
    p.object_count,
    p.byte_count,
    p.source_lines,
    p.staged,
    p.rejected,
    e.in_scope,
    p.staged - e.in_scope AS out_of_scope,
    e.candidates,
    e.rejected_by_rule,
    COALESCE(d.delivered - d.loaded, 0) AS duplicates,
    COALESCE(d.loaded, 0) AS loaded,
    :dag_id AS dag_id,
    :run_id AS run_id,
    :task_id AS task_id,
    :try_number AS try_number,
    CAST(p.query_id AS VARCHAR(20)) AS query_ids,
    :seconds AS seconds,
    GETDATE() AS loaded_at,
    p.as_of,
    d.play_days
FROM (
    SELECT
        r.source_partition,
        r.start_ts,
        COUNT(v.source_partition) AS in_scope,
        COUNT(CASE WHEN v.page = 'NextSong' THEN 1 END) AS candidates,
        COUNT(CASE WHEN v.page = 'NextSong' AND v.start_time IS NULL THEN 1 END) AS rejected_by_rule
    FROM run_partitions AS r
    LEFT JOIN run_events AS v ON r.source_partition = v.source_partition
    GROUP BY r.source_partition, r.start_ts
) AS e
INNER JOIN staged_partitions AS p
    ON p.table_name = 'staging_events' AND e.start_ts >= p.start_ts AND e.start_ts < p.end_ts
LEFT JOIN (
    SELECT
        n.source_partition,
        SUM(n.delivered) AS delivered,
        SUM(n.loaded) AS loaded,
        -- A file with so many days that their list has no room gets a list of its months.
        LISTAGG(DISTINCT CASE WHEN n.days > 1000 THEN SUBSTRING(n.day, 1, 7) ELSE n.day END, ',')
        WITHIN GROUP (ORDER BY CASE WHEN n.days > 1000 THEN SUBSTRING(n.day, 1, 7) ELSE n.day END) AS play_days
    FROM (
        SELECT
            source_partition,
            TO_CHAR(start_time, 'YYYY-MM-DD') AS day,
            SUM(copies) AS delivered,
            SUM(CASE WHEN choice = 1 THEN 1 ELSE 0 END) AS loaded,
            COUNT(*) OVER (PARTITION BY source_partition) AS days
        FROM ranked_plays
        WHERE is_of_run
        GROUP BY source_partition, TO_CHAR(start_time, 'YYYY-MM-DD')
    ) AS n
    GROUP BY n.source_partition
) AS d ON e.source_partition = d.source_partition;

UPDATE etl.load_ledger
SET
    loaded = loaded + f.won,
    duplicates = duplicates - f.won
FROM (
    SELECT
        source_partition,
        SUM(CASE WHEN choice = 1 THEN 1 ELSE -1 END) AS won
    FROM ranked_plays
    WHERE was_shown <> (choice = 1) AND NOT is_of_run
    GROUP BY source_partition
) AS f
WHERE
    load_ledger.source_partition = f.source_partition
    AND load_ledger.target_table = 'songplays'
    AND load_ledger.source_partition BETWEEN :reranked_partitions_from AND :reranked_partitions_to;
