SELECT
    m.songplay_id,
    m.start_time AS "timestamp",
    m.user_id,
    m.level,
    m.song_id,
    m.artist_id,
    m.session_id,
    m.location,
    m.user_agent
FROM (
    SELECT
        e.songplay_id,
        TIMESTAMP 'epoch' + e.ts * INTERVAL '0.001 second' AS start_time,
        e.user_id,
        e.level,
        s.song_id,
        s.artist_id,
        e.session_id,
        e.location,
        e.user_agent,
        ROW_NUMBER() OVER (PARTITION BY e.songplay_id ORDER BY ABS(s.duration - e.length), s.song_id) AS choice
    FROM (
        SELECT
            *,
            MD5(
                CAST(ts AS VARCHAR(20))
                || '|' || COALESCE(CAST(user_id AS VARCHAR(20)), 'NULL')
                || '|' || COALESCE(CAST(session_id AS VARCHAR(20)), 'NULL')
                || '|' || COALESCE(CAST(item_in_session AS VARCHAR(20)), 'NULL')
            ) AS songplay_id
        FROM {schema}.staging_events
        WHERE page = 'NextSong'
    ) AS e
    LEFT JOIN {schema}.staging_songs AS s ON e.song = s.title AND e.artist = s.artist_name
) AS m
WHERE m.choice = 1
