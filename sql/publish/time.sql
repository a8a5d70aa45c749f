-- Timestamps without a play are gone.
-- Reads: run_times, withdrawn_plays, public.songplays, public.time
-- Changes: public.time
DELETE FROM public.time
USING withdrawn_plays AS w
WHERE
    time.start_time = w.start_time
    AND time.start_time BETWEEN :withdrawn_days_from AND :withdrawn_days_to
    AND NOT EXISTS (
        SELECT 1
        FROM public.songplays AS p
        WHERE p.timestamp = time.start_time AND p.timestamp BETWEEN :withdrawn_days_from AND :withdrawn_days_to
    );

INSERT INTO public.time (start_time, hour, day, week, month, year, weekday)
SELECT DISTINCT
    t.start_time,
    t.hour,
    t.day,
    t.week,
    t.month,
    t.year,
    t.weekday
FROM run_times AS t
LEFT JOIN public.time AS e
    ON t.start_time = e.start_time AND e.start_time BETWEEN :days_from AND :days_to
WHERE e.start_time IS NULL;
