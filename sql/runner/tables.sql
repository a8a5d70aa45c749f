-- The tables of the star and of the bookkeeping, of which the runner counts the rows.
-- Reads: svv_tables
SELECT
    table_schema,
    table_name
FROM svv_tables
WHERE table_schema IN ('public', 'etl') AND table_type = 'BASE TABLE'
ORDER BY table_schema DESC, table_name ASC
