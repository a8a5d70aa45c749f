-- The ledger row of the song files: the latest load that had any. What it shows of them counts files, too, that another
-- run published meanwhile.
-- Reads: run_songs, staged_partitions, staging_songs, etl.song_deliveries
-- Changes: etl.load_ledger
DELETE FROM etl.load_ledger
WHERE load_ledger.target_table = 'songs' AND load_ledger.source_partition = '';

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
    as_of
)
SELECT
    'songs' AS target_table,
    p.source_partition,
    0 AS partition_ts,
    p.manifest_hash,
    p.object_count,
    p.byte_count,
    p.source_lines,
    p.staged,
    p.rejected,
    p.staged AS in_scope,
    0 AS out_of_scope,
    p.staged AS candidates,
    p.staged - n.identified AS rejected_by_rule,
    n.identified - n.shown AS duplicates,
    n.shown AS loaded,
    :dag_id AS dag_id,
    :run_id AS run_id,
    :task_id AS task_id,
    :try_number AS try_number,
    CAST(p.query_id AS VARCHAR(20)) AS query_ids,
    :seconds AS seconds,
    GETDATE() AS loaded_at,
    p.as_of
FROM staged_partitions AS p
CROSS JOIN (
    SELECT
        (SELECT COUNT(song_id) FROM staging_songs) AS identified,
        (
            SELECT COUNT(*)
            FROM run_songs AS c
            INNER JOIN etl.song_deliveries AS d
                ON
                    c.file_hash = d.file_hash
                    AND c.song_id = d.song_id
                    AND c.content_hash = d.content_hash
                    AND d.is_shown
                    AND d.file_hash BETWEEN :song_files_from AND :song_files_to
        ) AS shown
) AS n
WHERE p.table_name = 'staging_songs';
