-- A staged event without its session or its place there: two plays of the same moment could not be told apart.
-- Reads: staging_events
SELECT
    source_partition,
    ts,
    page,
    session_id,
    item_in_session
FROM staging_events
WHERE session_id IS NULL OR item_in_session IS NULL
