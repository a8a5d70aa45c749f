-- A play of this run's days whose time, user, song or artist row is missing.
-- Reads: run_times, public.artists, public.songplays, public.songs, public.time, public.users
SELECT
    p.songplay_id,
    CASE
        WHEN t.start_time IS NULL THEN 'time'
        WHEN p.user_id IS NOT NULL AND u.user_id IS NULL THEN 'users'
        WHEN p.song_id IS NOT NULL AND s.song_id IS NULL THEN 'songs'
        ELSE 'artists'
    END AS missing_in
FROM public.songplays AS p
INNER JOIN (SELECT DISTINCT start_time FROM run_times) AS h ON p.timestamp = h.start_time
LEFT JOIN public.time AS t ON p.timestamp = t.start_time AND t.start_time BETWEEN :days_from AND :days_to
LEFT JOIN public.users AS u ON p.user_id = u.user_id AND u.user_id BETWEEN :play_users_from AND :play_users_to
LEFT JOIN public.songs AS s ON p.song_id = s.song_id AND s.song_id BETWEEN :play_songs_from AND :play_songs_to
LEFT JOIN public.artists AS a
    ON p.artist_id = a.artist_id AND a.artist_id BETWEEN :play_artists_from AND :play_artists_to
WHERE
    p.timestamp BETWEEN :days_from AND :days_to
    AND (
        t.start_time IS NULL
        OR (p.user_id IS NOT NULL AND u.user_id IS NULL)
        OR (p.song_id IS NOT NULL AND s.song_id IS NULL)
        OR (p.artist_id IS NOT NULL AND a.artist_id IS NULL)
    )
