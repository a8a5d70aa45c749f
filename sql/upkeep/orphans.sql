-- What of the star nothing delivers, and what of its sources has no file: a row for each kind, with how many there are
-- and one of them. One statement, so that it sees the tables as one load left them. It reads all of them, and is not
-- run by loads.
-- Reads: etl.latest_observations, etl.load_ledger, etl.play_deliveries, etl.song_deliveries, etl.source_objects,
--     etl.user_observations, public.artists, public.songplays, public.songs, public.time, public.users
SELECT
    'users without an observation' AS kind,
    COUNT(*) AS orphans,
    CAST(MIN(u.user_id) AS VARCHAR(1024)) AS example
FROM public.users AS u
LEFT JOIN (SELECT DISTINCT user_id FROM etl.user_observations) AS o ON u.user_id = o.user_id
WHERE o.user_id IS NULL
UNION ALL
SELECT
    'users not as last observed' AS kind,
    COUNT(*) AS orphans,
    CAST(MIN(u.user_id) AS VARCHAR(1024)) AS example
FROM public.users AS u
INNER JOIN etl.latest_observations AS l ON u.user_id = l.user_id
INNER JOIN etl.user_observations AS o ON l.user_id = o.user_id AND l.source_partition = o.source_partition
WHERE
    COALESCE(CAST(LEN(u.first_name) AS VARCHAR(10)) || ':' || u.first_name, 'NULL')
    || '|' || COALESCE(CAST(LEN(u.last_name) AS VARCHAR(10)) || ':' || u.last_name, 'NULL')
    || '|' || COALESCE(CAST(LEN(u.gender) AS VARCHAR(10)) || ':' || u.gender, 'NULL')
    || '|' || COALESCE(CAST(LEN(u.level) AS VARCHAR(10)) || ':' || u.level, 'NULL')
    <> COALESCE(CAST(LEN(o.first_name) AS VARCHAR(10)) || ':' || o.first_name, 'NULL')
    || '|' || COALESCE(CAST(LEN(o.last_name) AS VARCHAR(10)) || ':' || o.last_name, 'NULL')
    || '|' || COALESCE(CAST(LEN(o.gender) AS VARCHAR(10)) || ':' || o.gender, 'NULL')
    || '|' || COALESCE(CAST(LEN(o.level) AS VARCHAR(10)) || ':' || o.level, 'NULL')
UNION ALL
SELECT
    'times without a play' AS kind,
    COUNT(*) AS orphans,
    CAST(MIN(t.start_time) AS VARCHAR(1024)) AS example
FROM public.time AS t
LEFT JOIN (SELECT DISTINCT "timestamp" FROM public.songplays) AS p ON t.start_time = p.timestamp
WHERE p.timestamp IS NULL
UNION ALL
SELECT
    'songs without a file' AS kind,
    COUNT(*) AS orphans,
    MIN(s.song_id) AS example
FROM public.songs AS s
LEFT JOIN (
    SELECT DISTINCT song_id FROM etl.song_deliveries
    WHERE is_shown
) AS d
    ON s.song_id = d.song_id
WHERE d.song_id IS NULL
UNION ALL
SELECT
    'artists without a song' AS kind,
    COUNT(*) AS orphans,
    MIN(a.artist_id) AS example
FROM public.artists AS a
LEFT JOIN (
    SELECT DISTINCT artist_id FROM etl.song_deliveries
    WHERE is_shown
) AS d
    ON a.artist_id = d.artist_id
WHERE d.artist_id IS NULL
UNION ALL
SELECT
    'plays without a delivery' AS kind,
    COUNT(*) AS orphans,
    MIN(p.songplay_id) AS example
FROM public.songplays AS p
LEFT JOIN etl.play_deliveries AS d ON p.songplay_id = d.songplay_id AND p.timestamp = d.start_time AND d.is_shown
WHERE d.songplay_id IS NULL
UNION ALL
SELECT
    'deliveries of hours that the ledger does not have' AS kind,
    COUNT(*) AS orphans,
    MIN(d.source_partition) AS example
FROM (
    SELECT source_partition FROM etl.play_deliveries
    UNION
    SELECT source_partition FROM etl.user_observations
) AS d
LEFT JOIN etl.load_ledger AS l ON d.source_partition = l.source_partition AND l.target_table = 'songplays'
WHERE l.source_partition IS NULL
UNION ALL
SELECT
    'song files that the ledger does not have' AS kind,
    COUNT(*) AS orphans,
    MIN(d.object_uri) AS example
FROM (SELECT DISTINCT object_uri FROM etl.song_deliveries) AS d
LEFT JOIN etl.source_objects AS f ON d.object_uri = f.object_uri AND f.target_table = 'songs' AND f.etag <> ''
WHERE f.object_uri IS NULL
UNION ALL
SELECT
    'songs known from before files were' AS kind,
    COUNT(*) AS orphans,
    MIN(song_id) AS example
FROM etl.song_deliveries
WHERE object_uri = 'migrated';
