-- The artists whose songs change. One artist_id can come with several names: the artist's lowest song_id decides.
-- Reads: changed_songs, etl.song_deliveries
-- Makes: shown_artists (temporary)
CREATE TEMP TABLE shown_artists AS
SELECT
    w.artist_id,
    w.artist_name AS name,
    w.artist_location AS location,
    w.artist_latitude AS latitude,
    w.artist_longitude AS longitude
FROM (
    SELECT
        d.artist_id,
        d.artist_name,
        d.artist_location,
        d.artist_latitude,
        d.artist_longitude,
        ROW_NUMBER() OVER (PARTITION BY d.artist_id ORDER BY d.song_id) AS choice
    FROM etl.song_deliveries AS d
    INNER JOIN (SELECT DISTINCT artist_id FROM changed_songs) AS a ON d.artist_id = a.artist_id
    WHERE d.artist_id BETWEEN :artist_ids_from AND :artist_ids_to AND d.is_shown
) AS w
WHERE w.choice = 1;
