-- The staging schemas that maintenance has seen, and when it first saw them.
-- Reads: etl.staging_schemas
SELECT
    schema_name,
    first_seen
FROM etl.staging_schemas
