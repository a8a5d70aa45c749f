-- Whether the run staged any song file, be it that all of its lines were rejected.
SELECT object_uri
FROM staged_objects
WHERE table_name = 'staging_songs'
LIMIT 1
