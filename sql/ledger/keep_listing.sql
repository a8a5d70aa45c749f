-- Keeps a listing of a folder in place of the one before.
DELETE FROM etl.source_scans
WHERE target_table = :target AND folder_uri = :folder_uri;

INSERT INTO etl.source_scans (target_table, folder_uri, listed_at, seconds, object_count, fingerprint)
VALUES (:target, :folder_uri, GETDATE(), :seconds, :object_count, :fingerprint);
