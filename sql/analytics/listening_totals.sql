-- Plays, listeners and sessions of a period, the share of plays whose song is in the catalogue, and the last play.
-- Counted by session first: then there is a row a session to distinguish, not one a play.
-- Reads: songplays
SELECT
    COALESCE(SUM(s.plays), 0) AS plays,
    COUNT(DISTINCT s.user_id) AS listeners,
    COUNT(DISTINCT s.session_id) AS sessions,
    COALESCE(SUM(s.plays_of_known_songs), 0) AS plays_of_known_songs,
    COALESCE(SUM(s.paid_plays), 0) AS paid_plays,
    MIN(s.first_play) AS first_play,
    MAX(s.last_play) AS last_play
FROM (
    SELECT
        p.user_id,
        p.session_id,
        COUNT(*) AS plays,
        COUNT(p.song_id) AS plays_of_known_songs,
        COUNT(CASE WHEN p.level = 'paid' THEN 1 END) AS paid_plays,
        MIN(p.timestamp) AS first_play,
        MAX(p.timestamp) AS last_play
    FROM songplays AS p
    WHERE p.timestamp >= :since AND p.timestamp < :until
    GROUP BY p.user_id, p.session_id
) AS s
