-- The plays that new or changed songs touch, matched again by the full rule of songplays.sql: the result does not
-- depend on whether the song or the play came first.
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
        d.songplay_id,
        d.start_time,
        d.user_id,
        d.level,
        c.song_id,
        c.artist_id,
        d.session_id,
        d.location,
        d.user_agent,
        ROW_NUMBER() OVER (
            PARTITION BY d.songplay_id
            ORDER BY ABS(c.duration - d.length), c.song_id
        ) AS choice
    FROM etl.play_deliveries AS d
    INNER JOIN affected_titles AS a ON d.title = a.title AND d.artist = a.artist_name
    LEFT JOIN etl.song_catalogue AS c
        ON
            d.title = c.title AND LEN(d.title) = LEN(c.title)
            AND d.artist = c.artist_name AND LEN(d.artist) = LEN(c.artist_name)
    WHERE d.is_shown
) AS m
WHERE m.choice = 1
