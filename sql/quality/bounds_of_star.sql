-- The users, songs and artists of the plays of this run's days, and the artists of its songs.
-- Reads: public.songplays, public.songs
SELECT
    'play_users' AS name,
    'number' AS kind,
    CAST(MIN(user_id) AS VARCHAR(20)) AS first_value,
    CAST(MAX(user_id) AS VARCHAR(20)) AS last_value
FROM public.songplays AS p
WHERE p.timestamp BETWEEN :days_from AND :days_to
GROUP BY user_id / 10000
UNION ALL
SELECT
    'play_songs' AS name,
    'text' AS kind,
    MIN(song_id) AS first_value,
    MAX(song_id) AS last_value
FROM public.songplays AS p
WHERE p.timestamp BETWEEN :days_from AND :days_to
GROUP BY SUBSTRING(song_id, 1, 4)
UNION ALL
SELECT
    'play_artists' AS name,
    'text' AS kind,
    MIN(artist_id) AS first_value,
    MAX(artist_id) AS last_value
FROM public.songplays AS p
WHERE p.timestamp BETWEEN :days_from AND :days_to
GROUP BY SUBSTRING(artist_id, 1, 4)
UNION ALL
SELECT
    'song_artists' AS name,
    'text' AS kind,
    MIN(artist_id) AS first_value,
    MAX(artist_id) AS last_value
FROM public.songs AS s
WHERE s.song_id BETWEEN :song_ids_from AND :song_ids_to
GROUP BY SUBSTRING(artist_id, 1, 4)
