-- For songs what ranked_plays.sql has for plays: deliveries that the staged files made before and make no longer; all
-- deliveries of the songs that these files bring or withdraw, of whichever file, the lowest content first; and the
-- songs that the catalogue shows otherwise from now on, with the titles and artists that they had and have.
-- Reads: run_artists, run_songs, staged_objects, etl.song_deliveries
-- Makes: changed_songs (temporary), ranked_songs (temporary), withdrawn_songs (temporary)
CREATE TEMP TABLE withdrawn_songs AS
SELECT
    d.file_hash,
    d.song_id,
    d.title,
    d.artist_id,
    d.artist_name,
    d.is_shown
FROM etl.song_deliveries AS d
INNER JOIN staged_objects AS o ON d.file_hash = MD5(o.object_uri) AND o.table_name = 'staging_songs'
LEFT JOIN run_songs AS c
    ON
        d.file_hash = c.file_hash
        AND d.song_id = c.song_id
        AND d.content_hash = c.content_hash
        AND d.copies = c.copies
WHERE d.file_hash BETWEEN :files_left_from AND :files_left_to AND c.song_id IS NULL;

CREATE TEMP TABLE ranked_songs AS
SELECT
    u.file_hash,
    u.object_uri,
    u.song_id,
    u.title,
    u.artist_id,
    u.artist_name,
    u.artist_location,
    u.artist_latitude,
    u.artist_longitude,
    u.year,
    u.duration,
    u.content_hash,
    u.copies,
    u.is_of_run,
    u.was_shown,
    ROW_NUMBER() OVER (PARTITION BY u.song_id ORDER BY u.content_hash, u.file_hash) AS choice
FROM (
    SELECT
        c.file_hash,
        c.object_uri,
        c.song_id,
        c.title,
        c.artist_id,
        a.name AS artist_name,
        a.location AS artist_location,
        a.latitude AS artist_latitude,
        a.longitude AS artist_longitude,
        c.year,
        c.duration,
        c.content_hash,
        c.copies,
        TRUE AS is_of_run,
        k.is_shown AS was_shown
    FROM run_songs AS c
    INNER JOIN run_artists AS a ON c.file_hash = a.file_hash AND c.song_id = a.song_id
    INNER JOIN staged_objects AS o ON c.file_hash = MD5(o.object_uri) AND o.table_name = 'staging_songs'
    LEFT JOIN etl.song_deliveries AS k
        ON
            c.file_hash = k.file_hash
            AND c.song_id = k.song_id
            AND c.content_hash = k.content_hash
            AND c.copies = k.copies
            AND k.file_hash BETWEEN :files_left_from AND :files_left_to
    UNION ALL
    SELECT
        d.file_hash,
        d.object_uri,
        d.song_id,
        d.title,
        d.artist_id,
        d.artist_name,
        d.artist_location,
        d.artist_latitude,
        d.artist_longitude,
        d.year,
        d.duration,
        d.content_hash,
        d.copies,
        FALSE AS is_of_run,
        d.is_shown AS was_shown
    FROM etl.song_deliveries AS d
    INNER JOIN (
        SELECT song_id
        FROM run_songs
        UNION
        SELECT song_id
        FROM withdrawn_songs
    ) AS a ON d.song_id = a.song_id
    LEFT JOIN staged_objects AS o ON d.file_hash = MD5(o.object_uri) AND o.table_name = 'staging_songs'
    WHERE o.object_uri IS NULL AND d.song_id BETWEEN :song_ids_from AND :song_ids_to
) AS u;

CREATE TEMP TABLE changed_songs AS
SELECT
    song_id,
    title,
    artist_id,
    artist_name
FROM withdrawn_songs
WHERE is_shown
UNION
SELECT
    song_id,
    title,
    artist_id,
    artist_name
FROM ranked_songs
WHERE COALESCE(was_shown, FALSE) <> (choice = 1);
