-- Leaves out what another run loaded from files that were seen later, and the song files that are loaded already.
-- Reads: staged_partitions, etl.load_ledger
-- Changes: run_observations, run_partitions, run_plays, run_times, staged_objects, staged_partitions
DELETE FROM run_partitions
WHERE run_partitions.source_partition IN (:superseded);

DELETE FROM run_plays
WHERE run_plays.source_partition IN (:superseded);

DELETE FROM run_observations
WHERE run_observations.source_partition IN (:superseded);

DELETE FROM run_times
WHERE run_times.source_partition IN (:superseded);

DELETE FROM staged_objects
WHERE
    staged_objects.table_name = 'staging_songs'
    AND MD5(staged_objects.object_uri) IN (:known_files);

-- What another run has seen later in the same version keeps that time: a version that came between is older than it.
UPDATE staged_partitions
SET as_of = s.as_of
FROM (
    SELECT
        p.source_partition,
        MAX(l.as_of) AS as_of
    FROM etl.load_ledger AS l
    INNER JOIN staged_partitions AS p
        ON
            l.partition_ts >= p.start_ts
            AND l.partition_ts < p.end_ts
            AND l.manifest_hash = p.manifest_hash
            AND p.table_name = 'staging_events'
    WHERE l.target_table = 'songplays' AND l.source_partition BETWEEN :file_hours_from AND :file_hours_to
    GROUP BY p.source_partition
) AS s
WHERE
    staged_partitions.table_name = 'staging_events'
    AND staged_partitions.source_partition = s.source_partition
    AND staged_partitions.source_partition IN (:seen_later);
