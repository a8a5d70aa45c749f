-- The way back from version 8 of the tables to version 1, for whoever has to deploy the earlier code again: run it by
-- hand while nothing loads, then sparkify_create_tables of the earlier code (docs/upgrading.md). No play, user, song or
-- row of the ledger is lost; when files were seen, and which file a song is of, only later versions know.
-- Reads: etl.song_deliveries, etl.user_observations
-- Makes: etl.song_catalogue
-- Changes: etl.folder_listings, etl.latest_observations, etl.load_history, etl.load_ledger, etl.migrations,
--     etl.play_deliveries, etl.song_deliveries, etl.source_objects, etl.staging_schemas,
--     staging_template.staged_partitions, staging_template.staging_songs
BEGIN;

LOCK etl.load_mutex;

CREATE TABLE etl.song_catalogue (
    song_id VARCHAR(32) NOT NULL ENCODE ZSTD,
    title VARCHAR(1024) ENCODE RAW,
    artist_id VARCHAR(32) ENCODE ZSTD,
    artist_name VARCHAR(1024) ENCODE ZSTD,
    artist_location VARCHAR(512) ENCODE ZSTD,
    artist_latitude DOUBLE PRECISION ENCODE ZSTD,
    artist_longitude DOUBLE PRECISION ENCODE ZSTD,
    year INTEGER ENCODE AZ64,
    duration DOUBLE PRECISION ENCODE ZSTD,
    PRIMARY KEY (song_id)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (title, artist_name);

INSERT INTO etl.song_catalogue (
    song_id,
    title,
    artist_id,
    artist_name,
    artist_location,
    artist_latitude,
    artist_longitude,
    year,
    duration
)
SELECT
    song_id,
    title,
    artist_id,
    artist_name,
    artist_location,
    artist_latitude,
    artist_longitude,
    year,
    duration
FROM etl.song_deliveries
WHERE is_shown;

DROP TABLE etl.song_deliveries;

DELETE FROM etl.source_objects
WHERE target_table = 'songs' AND object_uri = 'migrated';

ALTER TABLE etl.latest_observations ADD COLUMN first_name VARCHAR(256) ENCODE ZSTD;

ALTER TABLE etl.latest_observations ADD COLUMN last_name VARCHAR(256) ENCODE ZSTD;

ALTER TABLE etl.latest_observations ADD COLUMN gender VARCHAR(16) ENCODE ZSTD;

ALTER TABLE etl.latest_observations ADD COLUMN level VARCHAR(16) ENCODE ZSTD;

UPDATE etl.latest_observations
SET
    first_name = o.first_name,
    last_name = o.last_name,
    gender = o.gender,
    level = o.level
FROM etl.user_observations AS o
WHERE
    latest_observations.user_id = o.user_id
    AND latest_observations.source_partition = o.source_partition;

ALTER TABLE etl.load_ledger DROP COLUMN as_of;

ALTER TABLE etl.load_ledger DROP COLUMN play_days;

ALTER TABLE etl.load_history DROP COLUMN as_of;

ALTER TABLE etl.load_history DROP COLUMN play_days;

ALTER TABLE etl.source_objects DROP COLUMN as_of;

ALTER TABLE etl.folder_listings RENAME TO source_scans;

ALTER TABLE etl.staging_schemas RENAME TO left_schemas;

DROP TABLE staging_template.staging_songs;

DROP TABLE staging_template.staged_partitions;

DELETE FROM etl.migrations
WHERE number > 1;

COMMIT;

ALTER TABLE etl.play_deliveries ALTER COMPOUND SORTKEY (source_partition, start_time);
