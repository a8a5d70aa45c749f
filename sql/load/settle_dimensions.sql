-- The last word on the users and times that the run touched, in the fact's own transaction: the tasks before it
-- published them early, and other runs may have come in between.
DELETE FROM public.users
USING affected_users AS a
WHERE users.user_id = a.user_id;

INSERT INTO public.users (user_id, first_name, last_name, gender, level)
SELECT
    user_id,
    first_name,
    last_name,
    gender,
    level
FROM candidate_latest;

CREATE TEMP TABLE affected_times AS
SELECT
    a.timestamp AS start_time,
    COUNT(p.songplay_id) AS plays
FROM (SELECT DISTINCT b.timestamp FROM affected_plays AS b) AS a
LEFT JOIN public.songplays AS p
    ON
        a.timestamp = p.timestamp
        AND p.timestamp BETWEEN (SELECT MIN(b.timestamp) FROM affected_plays AS b)
        AND (SELECT MAX(b.timestamp) FROM affected_plays AS b)
GROUP BY a.timestamp;

DELETE FROM public.time
USING affected_times AS a
WHERE
    time.start_time = a.start_time
    AND a.plays = 0
    AND time.start_time BETWEEN (SELECT MIN(b.start_time) FROM affected_times AS b)
    AND (SELECT MAX(b.start_time) FROM affected_times AS b);

INSERT INTO public.time (start_time, hour, day, week, month, year, weekday)
SELECT
    t.start_time,
    t.hour,
    t.day,
    t.week,
    t.month,
    t.year,
    t.weekday
FROM staging_time AS t
INNER JOIN affected_times AS a ON t.start_time = a.start_time AND a.plays > 0
LEFT JOIN public.time AS e
    ON
        t.start_time = e.start_time
        AND e.start_time BETWEEN (SELECT MIN(b.start_time) FROM affected_times AS b)
        AND (SELECT MAX(b.start_time) FROM affected_times AS b)
WHERE e.start_time IS NULL;
