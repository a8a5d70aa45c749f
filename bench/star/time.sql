SELECT
    t.start_time,
    EXTRACT(HOUR FROM t.start_time) AS hour,
    EXTRACT(DAY FROM t.start_time) AS day,
    EXTRACT(WEEK FROM t.start_time) AS week,
    EXTRACT(MONTH FROM t.start_time) AS month,
    EXTRACT(YEAR FROM t.start_time) AS year,
    EXTRACT(WEEKDAY FROM t.start_time) AS weekday
FROM (
    SELECT DISTINCT TIMESTAMP 'epoch' + ts * INTERVAL '0.001 second' AS start_time
    FROM {schema}.staging_events
    WHERE page = 'NextSong'
) AS t
