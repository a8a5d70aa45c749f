-- A staged event without a page: it cannot be told whether it is a play.
SELECT
    source_partition,
    ts,
    user_id
FROM staging_events
WHERE page IS NULL
