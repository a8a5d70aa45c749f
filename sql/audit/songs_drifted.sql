-- The staged song files, when many of their songs lack what identifies them: the source writes other keys than before,
-- and COPY loads a key that it does not find as NULL. Many are more than half, or at least five that make a tenth: new
-- songs come one by one, and each is a file.
-- Reads: staging_songs
SELECT
    CAST('' AS VARCHAR(64)) AS source_partition,
    songs,
    without_song_id,
    without_title,
    without_artist_id
FROM (
    SELECT
        COUNT(*) AS songs,
        COUNT(*) - COUNT(song_id) AS without_song_id,
        COUNT(*) - COUNT(title) AS without_title,
        COUNT(*) - COUNT(artist_id) AS without_artist_id,
        COUNT(*) - LEAST(COUNT(song_id), COUNT(title), COUNT(artist_id)) AS lacking
    FROM staging_songs
) AS n
WHERE lacking * 2 > songs OR (lacking >= 5 AND lacking * 10 >= songs)
