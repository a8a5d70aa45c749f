-- Every distinct timestamp of the staged events, UTC, converted once with its millisecond. Only milliseconds from
-- 2000-01-01 to 2099-12-31 are timestamps (VALID_TS in sparkify/tables.py): seconds, zero and far-future values are
-- left out here, and rejected by rule. WEEK is ISO 8601's, WEEKDAY counts from 0 = Sunday:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html
-- Reads: staging_events
SELECT
    d.ts,
    d.start_time,
    EXTRACT(HOUR FROM d.start_time) AS hour,
    EXTRACT(DAY FROM d.start_time) AS day,
    EXTRACT(WEEK FROM d.start_time) AS week,
    EXTRACT(MONTH FROM d.start_time) AS month,
    EXTRACT(YEAR FROM d.start_time) AS year,
    EXTRACT(WEEKDAY FROM d.start_time) AS weekday
FROM (
    SELECT DISTINCT
        ts,
        TIMESTAMP 'epoch' + ts * INTERVAL '0.001 second' AS start_time
    FROM staging_events
    WHERE ts >= :first_valid_ts AND ts < :end_valid_ts
) AS d
