-- Replace the catalogue's rows of the staged songs, and find the plays whose (title, artist) old or new rows bear.
CREATE TEMP TABLE affected_titles AS
SELECT
    title,
    artist_name
FROM candidate_songs
WHERE title IS NOT NULL AND artist_name IS NOT NULL
UNION
SELECT
    title,
    artist_name
FROM superseded_songs
WHERE title IS NOT NULL AND artist_name IS NOT NULL;

DELETE FROM etl.song_catalogue
USING candidate_songs AS s
WHERE song_catalogue.song_id = s.song_id;

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
FROM candidate_songs;
