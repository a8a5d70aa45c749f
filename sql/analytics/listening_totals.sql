-- Plays, listeners and sessions of a period, the share of plays whose song is in the catalogue, and the last play.
SELECT
    COUNT(*) AS plays,
    COUNT(DISTINCT p.user_id) AS listeners,
    COUNT(DISTINCT p.session_id) AS sessions,
    COUNT(p.song_id) AS plays_of_known_songs,
    COUNT(CASE WHEN p.level = 'paid' THEN 1 END) AS paid_plays,
    MIN(p.timestamp) AS first_play,
    MAX(p.timestamp) AS last_play
FROM songplays AS p
WHERE p.timestamp >= :since AND p.timestamp < :until
