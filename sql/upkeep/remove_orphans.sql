-- Take what nothing delivers out of the star, and have users be as they were last observed. Loads of versions before
-- 2026-12-01 that ended half-way could leave such rows. Run behind the writers' queue: sparkify_maintenance with
-- remove_orphans.
-- Reads: etl.latest_observations, etl.song_deliveries, etl.user_observations, public.songplays
-- Changes: public.artists, public.songs, public.time, public.users
DELETE FROM public.users
WHERE user_id NOT IN (SELECT user_id FROM etl.user_observations);

UPDATE public.users
SET
    first_name = o.first_name,
    last_name = o.last_name,
    gender = o.gender,
    level = o.level
FROM etl.latest_observations AS l
INNER JOIN etl.user_observations AS o ON l.user_id = o.user_id AND l.source_partition = o.source_partition
WHERE
    users.user_id = l.user_id
    AND COALESCE(CAST(LEN(users.first_name) AS VARCHAR(10)) || ':' || users.first_name, 'NULL')
    || '|' || COALESCE(CAST(LEN(users.last_name) AS VARCHAR(10)) || ':' || users.last_name, 'NULL')
    || '|' || COALESCE(CAST(LEN(users.gender) AS VARCHAR(10)) || ':' || users.gender, 'NULL')
    || '|' || COALESCE(CAST(LEN(users.level) AS VARCHAR(10)) || ':' || users.level, 'NULL')
    <> COALESCE(CAST(LEN(o.first_name) AS VARCHAR(10)) || ':' || o.first_name, 'NULL')
    || '|' || COALESCE(CAST(LEN(o.last_name) AS VARCHAR(10)) || ':' || o.last_name, 'NULL')
    || '|' || COALESCE(CAST(LEN(o.gender) AS VARCHAR(10)) || ':' || o.gender, 'NULL')
    || '|' || COALESCE(CAST(LEN(o.level) AS VARCHAR(10)) || ':' || o.level, 'NULL');

DELETE FROM public.time
WHERE start_time NOT IN (SELECT "timestamp" FROM public.songplays);

DELETE FROM public.songs
WHERE song_id NOT IN (
    SELECT song_id FROM etl.song_deliveries
    WHERE is_shown
);

DELETE FROM public.artists
WHERE artist_id NOT IN (
    SELECT artist_id FROM etl.song_deliveries
    WHERE is_shown AND artist_id IS NOT NULL
);
