-- Staged plays that are neither delivered nor rejected by rule, and staged songs that are not delivered.
-- Reads: run_events, run_plays, run_songs, staging_songs
SELECT
    'plays' AS what,
    n.staged,
    n.delivered,
    n.rejected_by_rule
FROM (
    SELECT
        (
            SELECT COUNT(*) FROM run_events AS e
            WHERE e.page = 'NextSong'
        ) AS staged,
        (SELECT COALESCE(SUM(copies), 0) FROM run_plays) AS delivered,
        (
            SELECT COUNT(*) FROM run_events AS e
            WHERE e.page = 'NextSong' AND e.start_time IS NULL
        ) AS rejected_by_rule
) AS n
WHERE n.staged <> n.delivered + n.rejected_by_rule
UNION ALL
SELECT
    'songs' AS what,
    n.staged,
    n.delivered,
    n.rejected_by_rule
FROM (
    SELECT
        (SELECT COUNT(*) FROM staging_songs) AS staged,
        (SELECT COALESCE(SUM(copies), 0) FROM run_songs) AS delivered,
        (
            SELECT COUNT(*) FROM staging_songs
            WHERE song_id IS NULL
        ) AS rejected_by_rule
) AS n
WHERE n.staged <> n.delivered + n.rejected_by_rule
