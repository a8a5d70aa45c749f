-- Whether the warehouse has the ledger already: 1 or 0.
-- Reads: svv_tables
SELECT COUNT(*)
FROM svv_tables
WHERE table_schema = 'etl' AND table_name = 'load_ledger'
