-- The rows that the fact shows of the affected plays. A play matches a song by exact title and artist name as
-- delivered (null matches nothing; LEN compares the trailing blanks, which = ignores); among several, by nearest
-- duration, then lowest song_id. A play is never dropped for want of a song.
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
    FROM ranked_deliveries AS d
    LEFT JOIN etl.song_catalogue AS c
        ON
            d.title = c.title AND LEN(d.title) = LEN(c.title)
            AND d.artist = c.artist_name AND LEN(d.artist) = LEN(c.artist_name)
    WHERE d.choice = 1
) AS m
WHERE m.choice = 1
