-- Whether the run staged any song file, be it that all of its lines were rejected.
SELECT COUNT(*) AS files
FROM staged_objects
WHERE table_name = 'staging_songs'
HAVING COUNT(*) > 0
