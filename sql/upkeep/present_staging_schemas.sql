-- The staging schemas that there are; staging_schema in sparkify/run_windows.py gives them their names.
-- Reads: pg_namespace
SELECT TRIM(nspname)
FROM pg_namespace
WHERE nspname ~ '^run_[0-9a-f]{20}$'
