-- The isolation of the database's transactions:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_REDSHIFT_DATABASES.html
-- Reads: svv_redshift_databases
SELECT database_isolation_level
FROM svv_redshift_databases
WHERE database_name = CURRENT_DATABASE()
