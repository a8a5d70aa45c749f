-- The plays whose title and artist a changed song had or has are matched again, by the rule that all plays are matched
-- by: the result does not depend on which came first. Plays have no order by title, so this scan cannot be bounded; it
-- is made only when songs change.
-- Reads: changed_songs, ranked_plays, withdrawn_plays, etl.play_deliveries
-- Changes: ranked_plays
INSERT INTO ranked_plays (
    songplay_id,
    source_partition,
    start_time,
    user_id,
    level,
    session_id,
    location,
    user_agent,
    title,
    artist,
    length,
    content_hash,
    copies,
    is_of_run,
    was_shown,
    choice
)
SELECT
    d.songplay_id,
    d.source_partition,
    d.start_time,
    d.user_id,
    d.level,
    d.session_id,
    d.location,
    d.user_agent,
    d.title,
    d.artist,
    d.length,
    d.content_hash,
    d.copies,
    FALSE AS is_of_run,
    TRUE AS was_shown,
    1 AS choice
FROM etl.play_deliveries AS d
INNER JOIN (
    SELECT DISTINCT
        title,
        artist_name
    FROM changed_songs
) AS a
    ON d.title = a.title AND d.artist = a.artist_name
LEFT JOIN ranked_plays AS r ON d.songplay_id = r.songplay_id
LEFT JOIN withdrawn_plays AS w ON d.songplay_id = w.songplay_id
WHERE d.is_shown AND r.songplay_id IS NULL AND w.songplay_id IS NULL
