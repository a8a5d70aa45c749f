-- A partition in which many events lack what identifies them: the source writes other keys than before, and COPY loads
-- a key that it does not find as NULL. Every event has ts, page, session and item, and every play a user. Many are at
-- least three that make more than half, or at least five that make a tenth: a day's file that has drifted in its last
-- hours holds mostly sound events. Of fewer than that the other checks warn.
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
