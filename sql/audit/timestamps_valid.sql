-- A staged event whose ts is no millisecond timestamp between 2000 and 2099. Such plays are rejected by rule.
-- Reads: staging_events
SELECT
    source_partition,
    ts,
    page
FROM staging_events
WHERE ts IS NULL OR ts < :first_valid_ts OR ts >= :end_valid_ts
