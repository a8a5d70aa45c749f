-- Replace what the staged files delivered before by what they deliver now.
-- Reads: ranked_songs, withdrawn_songs
-- Changes: etl.song_deliveries
DELETE FROM etl.song_deliveries
USING withdrawn_songs AS w
WHERE
    song_deliveries.file_hash = w.file_hash
    AND song_deliveries.song_id = w.song_id
    AND song_deliveries.file_hash BETWEEN :withdrawn_song_files_from AND :withdrawn_song_files_to;

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
    choice = 1 AS is_shown
FROM ranked_songs
WHERE is_of_run AND was_shown IS NULL;

UPDATE etl.song_deliveries
SET is_shown = (w.choice = 1)
FROM ranked_songs AS w
WHERE
    song_deliveries.file_hash = w.file_hash
    AND song_deliveries.song_id = w.song_id
    AND song_deliveries.song_id BETWEEN :reranked_songs_from AND :reranked_songs_to
    AND w.was_shown <> (w.choice = 1);
