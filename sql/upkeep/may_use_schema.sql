-- Whether the user may use a schema.
-- Reads: none
SELECT HAS_SCHEMA_PRIVILEGE(:schema_name, 'usage')
