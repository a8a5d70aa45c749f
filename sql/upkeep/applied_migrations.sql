-- The numbers of the migrations that the warehouse has.
-- Reads: etl.migrations
SELECT number
FROM etl.migrations
