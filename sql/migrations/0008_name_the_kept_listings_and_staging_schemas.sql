-- Warehouses made before version 8 called the kept listings source_scans, and the staging schemas of failed runs
-- left_schemas. Their rows move to the tables with the present names, which sql/tables has made by now.
-- Reads: svv_tables, etl.left_schemas, etl.source_scans
-- Changes: etl.folder_listings, etl.left_schemas, etl.source_scans, etl.staging_schemas
SELECT COUNT(*) > 0
FROM svv_tables
WHERE table_schema = 'etl' AND table_name = 'source_scans';

BEGIN;

LOCK etl.load_mutex;

INSERT INTO etl.folder_listings (target_table, folder_uri, listed_at, seconds, object_count, fingerprint)
SELECT
    target_table,
    folder_uri,
    listed_at,
    seconds,
    object_count,
    fingerprint
FROM etl.source_scans;

DROP TABLE etl.source_scans;

INSERT INTO etl.staging_schemas (schema_name, first_seen)
SELECT
    schema_name,
    first_seen
FROM etl.left_schemas;

DROP TABLE etl.left_schemas;

COMMIT;
