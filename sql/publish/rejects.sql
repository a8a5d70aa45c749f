-- Keep what was not loaded: the lines that COPY rejected, with file and line, and the plays whose timestamp is not one,
-- each with a line that was found for such a play (there are as many lines as plays; which goes with which does not
-- matter).
-- Reads: run_events, staged_rejects
-- Changes: etl.rejects
INSERT INTO etl.rejects (
    table_name,
    source_partition,
    object_uri,
    line_number,
    column_name,
    column_type,
    error_code,
    reason,
    raw_line,
    run_id,
    rejected_at
)
SELECT
    s.table_name,
    s.source_partition,
    s.object_uri,
    s.line_number,
    s.column_name,
    s.column_type,
    s.error_code,
    s.reason,
    s.raw_line,
    :run_id AS run_id,
    GETDATE() AS rejected_at
FROM staged_rejects AS s
WHERE s.table_name = 'staging_events' AND s.source_partition NOT IN (:kept_files)
UNION ALL
SELECT
    'songplays' AS table_name,
    e.source_partition,
    s.object_uri,
    s.line_number,
    'ts' AS column_name,
    'bigint' AS column_type,
    NULL AS error_code,
    COALESCE(s.reason, 'ts is no millisecond timestamp between 2000-01-01 and 2099-12-31') AS reason,
    COALESCE(s.raw_line, e.fields) AS raw_line,
    :run_id AS run_id,
    GETDATE() AS rejected_at
FROM (
    SELECT
        source_partition,
        copied_partition,
        'ts=' || COALESCE(CAST(ts AS VARCHAR(20)), 'NULL')
        || ' userId=' || COALESCE(CAST(user_id AS VARCHAR(20)), 'NULL')
        || ' sessionId=' || COALESCE(CAST(session_id AS VARCHAR(20)), 'NULL')
        || ' itemInSession=' || COALESCE(CAST(item_in_session AS VARCHAR(20)), 'NULL')
        || ' song=' || COALESCE(song, 'NULL') AS fields,
        ROW_NUMBER() OVER (
            PARTITION BY copied_partition
            ORDER BY ts, user_id, session_id, item_in_session, song
        ) AS place
    FROM run_events
    WHERE page = 'NextSong' AND start_time IS NULL
) AS e
LEFT JOIN (
    SELECT
        source_partition,
        object_uri,
        line_number,
        reason,
        raw_line,
        ROW_NUMBER() OVER (PARTITION BY source_partition ORDER BY object_uri, line_number) AS place
    FROM staged_rejects
    WHERE table_name = 'songplays'
) AS s
    ON e.copied_partition = s.source_partition AND e.place = s.place
WHERE e.source_partition NOT IN (:kept_hours);
