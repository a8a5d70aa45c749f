-- The plays that publish/rejects.sql puts aside, by what they have in their lines: COPY does not tell a row's file,
-- so the lines are looked up in the files of these partitions. Each value has a line at least, and of no more than
-- 10,000 lines of a partition the lines are kept, so more values are not needed.
-- Reads: staging_events
SELECT
    source_partition,
    ts,
    page,
    CASE
        WHEN ts IS NULL THEN 'ts is missing or null'
        WHEN ts >= :first_valid_ts / 1000 AND ts < :end_valid_ts / 1000 THEN 'ts counts seconds, not milliseconds'
        ELSE 'ts is no millisecond timestamp between 2000-01-01 and 2099-12-31'
    END AS reason
FROM (
    SELECT
        source_partition,
        ts,
        page,
        ROW_NUMBER() OVER (PARTITION BY source_partition ORDER BY ts) AS place
    FROM (
        SELECT DISTINCT
            source_partition,
            ts,
            page
        FROM staging_events
        WHERE page = 'NextSong' AND (ts IS NULL OR ts < :first_valid_ts OR ts >= :end_valid_ts)
    ) AS d
) AS n
WHERE place <= 10000
