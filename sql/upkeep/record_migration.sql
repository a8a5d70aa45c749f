-- Records that the warehouse has a migration.
-- Reads: none
-- Changes: etl.migrations
INSERT INTO etl.migrations (number, name, applied_at)
VALUES (:number, :name, GETDATE());
