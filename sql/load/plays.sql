-- The plays that the run's partitions deliver, one row per songplay_id and partition with its number of copies. Of
-- copies that differ, the one with the lowest content hash stands.
-- The id is made of text that any engine writes alike. The hash tells apart all that a play can say: each text comes
-- after its length, so that no two contents are written alike, and FNV_HASH tells all lengths apart, -0.0 from 0.0 too.
-- Reads: run_events
SELECT
    songplay_id,
    source_partition,
    start_time,
    user_id,
    level,
    session_id,
    location,
    user_agent,
    title,
    artist,
    length,
    content_hash,
    copies
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
        ROW_NUMBER() OVER (PARTITION BY h.songplay_id, h.source_partition ORDER BY h.content_hash) AS choice
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
                COALESCE(CAST(LEN(level) AS VARCHAR(10)) || ':' || level, 'NULL')
                || '|' || COALESCE(CAST(LEN(location) AS VARCHAR(10)) || ':' || location, 'NULL')
                || '|' || COALESCE(CAST(LEN(user_agent) AS VARCHAR(10)) || ':' || user_agent, 'NULL')
                || '|' || COALESCE(CAST(LEN(song) AS VARCHAR(10)) || ':' || song, 'NULL')
                || '|' || COALESCE(CAST(LEN(artist) AS VARCHAR(10)) || ':' || artist, 'NULL')
                || '|' || COALESCE(CAST(FNV_HASH(length) AS VARCHAR(20)), 'NULL')
            ) AS content_hash
        FROM run_events
        WHERE page = 'NextSong' AND start_time IS NOT NULL
    ) AS h
) AS c
WHERE choice = 1
