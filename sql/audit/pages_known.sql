-- A staged event without a page, or whose page differs from NextSong only in spelling or in surrounding characters, so
-- that it is not clear whether it is a play.
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
