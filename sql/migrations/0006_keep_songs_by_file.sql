-- Warehouses made before 2026-12-01 had one row for each song, and did not know of which file. These songs become those
-- of a file 'migrated', which S3 does not have, and the song files are forgotten: one run with accept_removed loads all
-- of them again, and removes what only 'migrated' brings.
-- Reads: svv_tables, etl.song_catalogue
-- Changes: etl.song_catalogue, etl.song_deliveries, etl.source_objects, etl.source_scans
SELECT COUNT(*) > 0
FROM svv_tables
WHERE table_schema = 'etl' AND table_name = 'song_catalogue';

BEGIN;

LOCK etl.load_mutex;

INSERT INTO etl.song_deliveries (
    file_hash,
    object_uri,
    song_id,
    title,
    artist_id,
    artist_name,
    artist_location,
    artist_latitude,
    artist_longitude,
    year,
    duration,
    content_hash,
    copies,
    is_shown
)
SELECT
    MD5('migrated') AS file_hash,
    'migrated' AS object_uri,
    song_id,
    title,
    artist_id,
    artist_name,
    artist_location,
    artist_latitude,
    artist_longitude,
    year,
    duration,
    MD5(
        CAST(LEN(song_id) AS VARCHAR(10))
        || '|' || COALESCE(CAST(LEN(title) AS VARCHAR(10)) || ':' || title, 'NULL')
        || '|' || COALESCE(CAST(LEN(artist_id) AS VARCHAR(10)) || ':' || artist_id, 'NULL')
        || '|' || COALESCE(CAST(LEN(artist_name) AS VARCHAR(10)) || ':' || artist_name, 'NULL')
        || '|' || COALESCE(CAST(LEN(artist_location) AS VARCHAR(10)) || ':' || artist_location, 'NULL')
        || '|' || COALESCE(CAST(year AS VARCHAR(20)), 'NULL')
        || '|' || COALESCE(CAST(FNV_HASH(duration) AS VARCHAR(20)), 'NULL')
        || '|' || COALESCE(CAST(FNV_HASH(artist_latitude) AS VARCHAR(20)), 'NULL')
        || '|' || COALESCE(CAST(FNV_HASH(artist_longitude) AS VARCHAR(20)), 'NULL')
    ) AS content_hash,
    1 AS copies,
    TRUE AS is_shown
FROM etl.song_catalogue;

DELETE FROM etl.source_objects
WHERE target_table = 'songs' AND partition_ts = 0;

DELETE FROM etl.source_scans
WHERE target_table = 'songs';

INSERT INTO etl.source_objects (
    target_table,
    source_partition,
    partition_ts,
    object_uri,
    etag,
    byte_count,
    source_lines,
    loaded_at,
    as_of
)
SELECT
    'songs' AS target_table,
    '' AS source_partition,
    0 AS partition_ts,
    'migrated' AS object_uri,
    'migrated' AS etag,
    1 AS byte_count,
    COUNT(*) AS source_lines,
    GETDATE() AS loaded_at,
    GETDATE() AS as_of
FROM etl.song_catalogue
HAVING COUNT(*) > 0;

DROP TABLE etl.song_catalogue;

COMMIT;
