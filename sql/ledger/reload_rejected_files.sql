-- Marks files with rejected lines to be loaded again. A file counts as loaded even if a line of it was rejected. An
-- ETag that no object has makes the next run load the file again, and keeps it known as loaded in case it is gone by
-- then. The kept listing is removed, because it says that nothing is new.
-- Reads: etl.rejects
-- Changes: etl.folder_listings, etl.source_objects
UPDATE etl.source_objects
SET etag = 'again'
WHERE
    target_table = :target
    AND partition_ts = 0
    AND etag <> ''
    AND object_uri IN (
        SELECT r.object_uri
        FROM etl.rejects AS r
        WHERE
            r.source_partition = ''
            AND r.table_name = :table_name
            AND (:reason = '' OR POSITION(LOWER(:reason) IN LOWER(r.reason)) > 0)
    );

DELETE FROM etl.folder_listings
WHERE target_table = :target;
