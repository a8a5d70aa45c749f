-- The version of the warehouse's tables, and how many schemas there are of a name: one or none.
-- Reads: pg_namespace, etl.migrations
SELECT
    (SELECT MAX(number) FROM etl.migrations) AS schema_version,
    (
        SELECT COUNT(*) FROM pg_namespace
        WHERE nspname = :schema_name
    ) AS schema_count
