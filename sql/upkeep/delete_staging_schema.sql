-- Removes the record of a staging schema that is gone.
-- Reads: none
-- Changes: etl.staging_schemas
DELETE FROM etl.staging_schemas
WHERE schema_name = :schema_name;
