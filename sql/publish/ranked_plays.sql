-- Deliveries that the run's partitions made before and make no longer (withdrawn_plays); and all deliveries of the
-- plays that the run's partitions deliver or withdraw, whoever delivered them, in the order in which the fact prefers
-- them (ranked_plays): that of the lowest (source_partition, content hash) is shown, in whatever order partitions are
-- loaded. was_shown is NULL for a delivery that is new.
-- Reads: run_partitions, run_plays, etl.play_deliveries
-- Makes: ranked_plays (temporary), withdrawn_plays (temporary)
CREATE TEMP TABLE withdrawn_plays AS
SELECT
    d.songplay_id,
    d.source_partition,
    d.start_time
FROM etl.play_deliveries AS d
INNER JOIN run_partitions AS r ON d.source_partition = r.source_partition
LEFT JOIN run_plays AS c
    ON
        d.songplay_id = c.songplay_id
        AND d.source_partition = c.source_partition
        AND d.content_hash = c.content_hash
        AND d.copies = c.copies
WHERE d.start_time BETWEEN :earlier_days_from AND :earlier_days_to AND c.songplay_id IS NULL;

CREATE TEMP TABLE ranked_plays AS
SELECT
    u.songplay_id,
    u.source_partition,
    u.start_time,
    u.user_id,
    u.level,
    u.session_id,
    u.location,
    u.user_agent,
    u.title,
    u.artist,
    u.length,
    u.content_hash,
    u.copies,
    u.is_of_run,
    u.was_shown,
    ROW_NUMBER() OVER (PARTITION BY u.songplay_id ORDER BY u.source_partition, u.content_hash) AS choice
FROM (
    SELECT
        c.songplay_id,
        c.source_partition,
        c.start_time,
        c.user_id,
        c.level,
        c.session_id,
        c.location,
        c.user_agent,
        c.title,
        c.artist,
        c.length,
        c.content_hash,
        c.copies,
        TRUE AS is_of_run,
        k.is_shown AS was_shown
    FROM run_plays AS c
    LEFT JOIN etl.play_deliveries AS k
        ON
            c.songplay_id = k.songplay_id
            AND c.source_partition = k.source_partition
            AND c.content_hash = k.content_hash
            AND c.copies = k.copies
            AND k.start_time BETWEEN :earlier_days_from AND :earlier_days_to
    UNION ALL
    SELECT
        d.songplay_id,
        d.source_partition,
        d.start_time,
        d.user_id,
        d.level,
        d.session_id,
        d.location,
        d.user_agent,
        d.title,
        d.artist,
        d.length,
        d.content_hash,
        d.copies,
        FALSE AS is_of_run,
        d.is_shown AS was_shown
    FROM etl.play_deliveries AS d
    INNER JOIN (
        SELECT songplay_id
        FROM run_plays
        UNION
        SELECT songplay_id
        FROM withdrawn_plays
    ) AS a ON d.songplay_id = a.songplay_id
    LEFT JOIN run_partitions AS r ON d.source_partition = r.source_partition
    WHERE r.source_partition IS NULL AND d.start_time BETWEEN :affected_days_from AND :affected_days_to
) AS u;
