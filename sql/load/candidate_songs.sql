-- The catalogue's rows that the staged song files bring, and the artists and plays that they touch. A song_id that
-- is delivered more than once in the same staging takes the lowest of its rows, in an order that any engine shares. To
-- Redshift texts that differ in trailing blanks are equal, as 0.0 and -0.0 are: LEN and FNV_HASH tell them apart.
CREATE TEMP TABLE candidate_songs AS
SELECT
    s.song_id,
    s.title,
    s.artist_id,
    s.artist_name,
    s.artist_location,
    s.artist_latitude,
    s.artist_longitude,
    s.year,
    s.duration
FROM (
    SELECT
        song_id,
        title,
        artist_id,
        artist_name,
        artist_location,
        artist_latitude,
        artist_longitude,
        year,
        duration,
        ROW_NUMBER() OVER (
            PARTITION BY song_id
            ORDER BY
                title, artist_id, artist_name, duration, year,
                artist_location, artist_latitude, artist_longitude,
                LEN(title), LEN(artist_id), LEN(artist_name), LEN(artist_location), LEN(song_id),
                FNV_HASH(duration), FNV_HASH(artist_latitude), FNV_HASH(artist_longitude)
        ) AS choice
    FROM staging_songs
    WHERE song_id IS NOT NULL
) AS s
WHERE s.choice = 1;

CREATE TEMP TABLE superseded_songs AS
SELECT
    c.song_id,
    c.title,
    c.artist_id,
    c.artist_name
FROM etl.song_catalogue AS c
INNER JOIN candidate_songs AS s ON c.song_id = s.song_id;

CREATE TEMP TABLE affected_artists AS
SELECT artist_id
FROM candidate_songs
WHERE artist_id IS NOT NULL
UNION
SELECT artist_id
FROM superseded_songs
WHERE artist_id IS NOT NULL;

-- One artist_id can come with several names: the lowest song_id decides.
CREATE TEMP TABLE candidate_artists AS
SELECT
    w.artist_id,
    w.artist_name,
    w.artist_location,
    w.artist_latitude,
    w.artist_longitude
FROM (
    SELECT
        d.artist_id,
        d.artist_name,
        d.artist_location,
        d.artist_latitude,
        d.artist_longitude,
        ROW_NUMBER() OVER (PARTITION BY d.artist_id ORDER BY d.song_id) AS choice
    FROM (
        SELECT
            song_id,
            artist_id,
            artist_name,
            artist_location,
            artist_latitude,
            artist_longitude
        FROM candidate_songs
        WHERE artist_id IS NOT NULL
        UNION ALL
        SELECT
            c.song_id,
            c.artist_id,
            c.artist_name,
            c.artist_location,
            c.artist_latitude,
            c.artist_longitude
        FROM etl.song_catalogue AS c
        INNER JOIN affected_artists AS a ON c.artist_id = a.artist_id
        LEFT JOIN candidate_songs AS s ON c.song_id = s.song_id
        WHERE s.song_id IS NULL
    ) AS d
) AS w
WHERE w.choice = 1;
