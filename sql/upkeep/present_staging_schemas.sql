-- The staging schemas that exist. staging_schema in sparkify/run_windows.py names them.
-- Reads: pg_namespace
SELECT TRIM(nspname)
FROM pg_namespace
WHERE nspname ~ '^run_[0-9a-f]{20}$'
