-- Records a staging schema that was not seen before. Redshift keeps no time at which a schema was made.
-- Reads: none
-- Changes: etl.staging_schemas
INSERT INTO etl.staging_schemas (schema_name, first_seen)
VALUES (:schema_name, GETDATE());
