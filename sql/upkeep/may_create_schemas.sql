-- Whether the user may create schemas.
-- Reads: none
SELECT HAS_DATABASE_PRIVILEGE(CURRENT_DATABASE(), 'create')
