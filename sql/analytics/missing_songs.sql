-- The twenty most played songs of a period that the catalogue lacks, as the event logs name them. The fact has no
-- titles: they are in the deliveries behind it, of which one is shown for each play.
-- Reads: songplays, etl.play_deliveries
SELECT
    d.title AS song,
    d.artist,
    COUNT(*) AS plays,
    COUNT(DISTINCT p.user_id) AS listeners
FROM songplays AS p
INNER JOIN etl.play_deliveries AS d ON p.songplay_id = d.songplay_id AND p.timestamp = d.start_time
WHERE
    p.song_id IS NULL
    AND d.is_shown
    AND p.timestamp >= :since
    AND p.timestamp < :until
    AND d.start_time >= :since
    AND d.start_time < :until
GROUP BY d.title, d.artist
ORDER BY plays DESC, d.title ASC, d.artist ASC
LIMIT 20
