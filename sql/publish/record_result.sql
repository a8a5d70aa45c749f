-- Records what the publish changed, in the transaction that changed it: a retry that finds the record writes nothing.
-- Reads: none
-- Changes: run_loads
INSERT INTO run_loads (table_name, row_count, as_of, result)
VALUES ('publish', 0, GETDATE(), :result);
