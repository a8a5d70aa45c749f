-- The staged events of the run's partitions, each with the hour that it belongs to. An event dated outside the
-- files that delivered it belongs to their nearer end (so a late event belongs to the hour that delivered it, and
-- over a daily file's 24 hours nothing is left over); one without a valid timestamp belongs to their first hour.
-- Reads: run_partitions, staged_partitions, staging_events, staging_time
-- Makes: run_events (view)
CREATE VIEW run_events AS
SELECT
    r.source_partition,
    t.start_time,
    e.source_partition AS copied_partition,
    e.artist,
    e.auth,
    e.first_name,
    e.gender,
    e.item_in_session,
    e.last_name,
    e.length,
    e.level,
    e.location,
    e.method,
    e.page,
    e.registration,
    e.session_id,
    e.song,
    e.status,
    e.ts,
    e.user_agent,
    e.user_id
FROM staging_events AS e
INNER JOIN staged_partitions AS p
    ON
        e.source_partition = p.source_partition
        AND p.table_name = 'staging_events'
LEFT JOIN staging_time AS t ON e.ts = t.ts
INNER JOIN run_partitions AS r
    ON r.start_ts = CASE
        WHEN t.ts IS NULL OR e.ts < p.start_ts THEN p.start_ts
        WHEN e.ts >= p.end_ts THEN p.end_ts - 3600000
        ELSE e.ts - MOD(e.ts, 3600000)
    END;
