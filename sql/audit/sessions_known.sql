-- A staged event without its session or its place in the session. Two plays of the same moment could not be
-- distinguished.
-- Reads: staging_events
SELECT
    source_partition,
    ts,
    page,
    session_id,
    item_in_session
FROM staging_events
WHERE session_id IS NULL OR item_in_session IS NULL
