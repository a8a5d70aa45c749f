-- The rows that the fact shows of these plays. A play matches a song by exact title and artist name as delivered (null
-- matches nothing; LEN compares the trailing blanks, which = ignores); among several, by nearest duration, then lowest
-- song_id. A play is never dropped for want of a song.
-- Reads: ranked_plays, etl.song_deliveries
-- Makes: shown_plays (temporary)
CREATE TEMP TABLE shown_plays AS
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
        p.songplay_id,
        p.start_time,
        p.user_id,
        p.level,
        c.song_id,
        c.artist_id,
        p.session_id,
        p.location,
        p.user_agent,
        ROW_NUMBER() OVER (PARTITION BY p.songplay_id ORDER BY ABS(c.duration - p.length), c.song_id) AS choice
    FROM ranked_plays AS p
    LEFT JOIN etl.song_deliveries AS c
        ON
            p.title = c.title AND LEN(p.title) = LEN(c.title)
            AND p.artist = c.artist_name AND LEN(p.artist) = LEN(c.artist_name)
            AND c.is_shown
            AND c.title BETWEEN :titles_from AND :titles_to
    WHERE p.choice = 1
) AS m
WHERE m.choice = 1;
