-- Warehouses made before 2026-12-01 kept the names of the latest observation a second time.
-- Reads: svv_columns
-- Changes: etl.latest_observations
SELECT COUNT(*) > 0
FROM svv_columns
WHERE table_schema = 'etl' AND table_name = 'latest_observations' AND column_name = 'first_name';

BEGIN;

LOCK etl.load_mutex;

ALTER TABLE etl.latest_observations DROP COLUMN first_name;

ALTER TABLE etl.latest_observations DROP COLUMN last_name;

ALTER TABLE etl.latest_observations DROP COLUMN gender;

ALTER TABLE etl.latest_observations DROP COLUMN level;

COMMIT;
