-- A file of which a line was rejected counts as loaded. With an ETag that no object has, the next run loads it again,
-- and the file is still known to have been loaded, should it be gone by then. The kept listing goes, because it says
-- that nothing is new.
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
