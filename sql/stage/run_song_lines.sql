-- The staged songs that have a song_id, each with the hash of all that its line says (as plays.sql has it), and its
-- place among the lines of its file with this song_id: the lowest content stands.
-- Reads: staging_songs
-- Makes: run_song_lines (view)
CREATE VIEW run_song_lines AS
SELECT
    h.file_hash,
    h.object_uri,
    h.song_id,
    h.title,
    h.artist_id,
    h.artist_name,
    h.artist_location,
    h.artist_latitude,
    h.artist_longitude,
    h.year,
    h.duration,
    h.content_hash,
    COUNT(*) OVER (PARTITION BY h.file_hash, h.song_id) AS copies,
    ROW_NUMBER() OVER (PARTITION BY h.file_hash, h.song_id ORDER BY h.content_hash) AS choice
FROM (
    SELECT
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
        MD5(object_uri) AS file_hash,
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
        ) AS content_hash
    FROM staging_songs
    WHERE song_id IS NOT NULL
) AS h;
