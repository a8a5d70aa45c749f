-- The artists of the new and changed song files, and those whose songs were taken over by another artist.
SELECT
    artist_id,
    artist_name AS name,
    artist_location AS location,
    artist_latitude AS latitude,
    artist_longitude AS longitude
FROM candidate_artists
