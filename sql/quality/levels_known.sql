-- A play of this run whose subscription level is neither free nor paid, or has trailing blanks, which Redshift ignores
-- when it compares.
-- Reads: run_events
SELECT
    e.source_partition,
    e.user_id,
    e.level
FROM run_events AS e
WHERE
    e.page = 'NextSong'
    AND (e.level IS NULL OR e.level NOT IN ('free', 'paid') OR LEN(e.level) <> LEN(TRIM(e.level)))
