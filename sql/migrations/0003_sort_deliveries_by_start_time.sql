-- Warehouses made before 2026-12-01 sorted deliveries by partition, and hashed their content without the lengths of its
-- parts. Both statements may run again; the one that answers the question comes last.
-- Reads: pg_table_def
-- Changes: etl.play_deliveries
SELECT COUNT(*) > 0
FROM pg_table_def
WHERE
    schemaname = 'etl' AND tablename = 'play_deliveries'
    AND "column" = 'start_time' AND sortkey <> 1;

BEGIN;

LOCK etl.load_mutex;

UPDATE etl.play_deliveries
SET
    content_hash = MD5(
        COALESCE(CAST(LEN(level) AS VARCHAR(10)) || ':' || level, 'NULL')
        || '|' || COALESCE(CAST(LEN(location) AS VARCHAR(10)) || ':' || location, 'NULL')
        || '|' || COALESCE(CAST(LEN(user_agent) AS VARCHAR(10)) || ':' || user_agent, 'NULL')
        || '|' || COALESCE(CAST(LEN(title) AS VARCHAR(10)) || ':' || title, 'NULL')
        || '|' || COALESCE(CAST(LEN(artist) AS VARCHAR(10)) || ':' || artist, 'NULL')
        || '|' || COALESCE(CAST(FNV_HASH(length) AS VARCHAR(20)), 'NULL')
    );

COMMIT;

ALTER TABLE etl.play_deliveries ALTER SORTKEY (start_time);
