-- The rejects of files that are loaded in another version make room; those of the same version stay.
-- Reads: none
-- Changes: etl.rejects
DELETE FROM etl.rejects
WHERE
    rejects.table_name = 'staging_events'
    AND rejects.source_partition IN (:replaced_files);

DELETE FROM etl.rejects
WHERE
    rejects.table_name = 'songplays'
    AND rejects.source_partition IN (:replaced_hours);
