-- The plays that the run's partitions deliver, one row per songplay_id and partition with its number of copies
-- (candidate_plays), and every play whose row in the fact can change with them (affected_plays). Of copies that
-- differ, the one with the lowest content hash stands, and of those the one with the lowest length: the hash has only
-- five of its decimals. FNV_HASH tells -0.0 from 0.0.
-- The id and the hash are made of text that any engine writes alike: integers, strings, and length as a decimal.
CREATE TEMP TABLE candidate_plays AS
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
    c.copies
FROM (
    SELECT
        h.songplay_id,
        h.source_partition,
        h.start_time,
        h.user_id,
        h.level,
        h.session_id,
        h.location,
        h.user_agent,
        h.title,
        h.artist,
        h.length,
        h.content_hash,
        COUNT(*) OVER (PARTITION BY h.songplay_id, h.source_partition) AS copies,
        ROW_NUMBER() OVER (
            PARTITION BY h.songplay_id, h.source_partition
            ORDER BY h.content_hash, h.length, FNV_HASH(h.length)
        ) AS choice
    FROM (
        SELECT
            source_partition,
            start_time,
            user_id,
            level,
            session_id,
            location,
            user_agent,
            song AS title,
            artist,
            length,
            MD5(
                CAST(ts AS VARCHAR(20))
                || '|' || COALESCE(CAST(user_id AS VARCHAR(20)), 'NULL')
                || '|' || COALESCE(CAST(session_id AS VARCHAR(20)), 'NULL')
                || '|' || COALESCE(CAST(item_in_session AS VARCHAR(20)), 'NULL')
            ) AS songplay_id,
            MD5(
                COALESCE('=' || level, 'NULL')
                || '|' || COALESCE('=' || location, 'NULL')
                || '|' || COALESCE('=' || user_agent, 'NULL')
                || '|' || COALESCE('=' || song, 'NULL')
                || '|' || COALESCE('=' || artist, 'NULL')
                || '|' || COALESCE(
                    CASE
                        WHEN length BETWEEN -99999999 AND 99999999
                            THEN CAST(CAST(length AS DECIMAL(14, 5)) AS VARCHAR(20))
                    END,
                    'NULL'
                )
            ) AS content_hash
        FROM run_events
        WHERE page = 'NextSong' AND start_time IS NOT NULL
    ) AS h
) AS c
WHERE c.choice = 1;

CREATE TEMP TABLE affected_plays AS
SELECT
    songplay_id,
    start_time AS "timestamp"
FROM candidate_plays
UNION
SELECT
    d.songplay_id,
    d.start_time AS "timestamp"
FROM etl.play_deliveries AS d
INNER JOIN run_partitions AS r ON d.source_partition = r.source_partition
WHERE
    d.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b);
