-- A staged event without a page, or with one that is NextSong but for its spelling or what is around it: it cannot be
-- told whether it is a play.
-- Reads: staging_events
SELECT
    source_partition,
    ts,
    user_id,
    page
FROM staging_events
WHERE
    page IS NULL
    OR TRIM(page) = ''
    OR (page <> 'NextSong' AND REGEXP_REPLACE(LOWER(page), '[^a-z]', '') LIKE '%nextsong%')
