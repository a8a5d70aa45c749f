-- Keeps a listing of a folder in place of the one before.
-- Reads: none
-- Changes: etl.folder_listings
DELETE FROM etl.folder_listings
WHERE target_table = :target AND folder_uri = :folder_uri;

INSERT INTO etl.folder_listings (target_table, folder_uri, listed_at, seconds, object_count, fingerprint)
VALUES (:target, :folder_uri, GETDATE(), :seconds, :object_count, :fingerprint);
