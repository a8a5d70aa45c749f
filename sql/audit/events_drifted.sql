-- A partition in which many events lack the fields that identify them. The source probably writes other keys than
-- before: COPY loads a key that it does not find as NULL. Every event has ts, page, session and item, and every play
-- has a user. Many means: at least three events that are more than half, or at least five that are a tenth, because a
-- day's file that drifted in its last hours holds mostly sound events. The other checks warn about fewer.
-- Reads: staging_events
SELECT
    source_partition,
    events,
    without_ts,
    without_page,
    without_session_id,
    without_item_in_session,
    plays,
    plays_without_user_id
FROM (
    SELECT
        source_partition,
        COUNT(*) AS events,
        COUNT(*) - COUNT(ts) AS without_ts,
        COUNT(*) - COUNT(page) AS without_page,
        COUNT(*) - COUNT(session_id) AS without_session_id,
        COUNT(*) - COUNT(item_in_session) AS without_item_in_session,
        COUNT(*) - LEAST(COUNT(ts), COUNT(page), COUNT(session_id), COUNT(item_in_session)) AS lacking,
        SUM(CASE WHEN page = 'NextSong' THEN 1 ELSE 0 END) AS plays,
        SUM(CASE WHEN page = 'NextSong' AND user_id IS NULL THEN 1 ELSE 0 END) AS plays_without_user_id
    FROM staging_events
    GROUP BY source_partition
) AS n
WHERE
    (lacking >= 3 AND lacking * 2 > events)
    OR (lacking >= 5 AND lacking * 10 >= events)
    OR (plays_without_user_id >= 3 AND plays_without_user_id * 2 > plays)
