-- A row of this run's part of the star that nothing delivers: a user without an observation, a time without a play, a
-- song without a file, an artist without a song. The page on loading says how to remove them.
-- Reads: etl.latest_observations, etl.song_deliveries, public.artists, public.songplays, public.songs, public.time,
--     public.users
SELECT
    'users' AS orphan_in,
    CAST(u.user_id AS VARCHAR(64)) AS orphan
FROM public.users AS u
LEFT JOIN etl.latest_observations AS l ON u.user_id = l.user_id AND l.user_id BETWEEN :users_from AND :users_to
WHERE u.user_id BETWEEN :users_from AND :users_to AND l.user_id IS NULL
UNION ALL
SELECT
    'time' AS orphan_in,
    CAST(t.start_time AS VARCHAR(64)) AS orphan
FROM public.time AS t
LEFT JOIN public.songplays AS p ON t.start_time = p.timestamp AND p.timestamp BETWEEN :days_from AND :days_to
WHERE t.start_time BETWEEN :days_from AND :days_to AND p.songplay_id IS NULL
UNION ALL
SELECT
    'songs' AS orphan_in,
    CAST(s.song_id AS VARCHAR(64)) AS orphan
FROM public.songs AS s
LEFT JOIN etl.song_deliveries AS d
    ON s.song_id = d.song_id AND d.is_shown AND d.song_id BETWEEN :song_ids_from AND :song_ids_to
WHERE s.song_id BETWEEN :song_ids_from AND :song_ids_to AND d.song_id IS NULL
UNION ALL
SELECT
    'artists' AS orphan_in,
    CAST(a.artist_id AS VARCHAR(64)) AS orphan
FROM public.artists AS a
LEFT JOIN etl.song_deliveries AS d
    ON a.artist_id = d.artist_id AND d.is_shown AND d.artist_id BETWEEN :song_artists_from AND :song_artists_to
WHERE a.artist_id BETWEEN :song_artists_from AND :song_artists_to AND d.song_id IS NULL
