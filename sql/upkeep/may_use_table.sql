-- Whether the user has a privilege on a table: select, insert, update or delete.
-- Reads: none
SELECT HAS_TABLE_PRIVILEGE(:table_name, :privilege)
