-- The staged song files when songs lack what plays are matched by, or what the catalogue shows: the source may call it
-- otherwise than it did. One that lacks its title or artist's name completes no play.
-- Reads: staging_songs
SELECT
    CAST('' AS VARCHAR(64)) AS source_partition,
    songs,
    without_title,
    without_artist_name,
    without_duration,
    without_year
FROM (
    SELECT
        COUNT(*) AS songs,
        COUNT(*) - COUNT(title) AS without_title,
        COUNT(*) - COUNT(artist_name) AS without_artist_name,
        COUNT(*) - COUNT(duration) AS without_duration,
        COUNT(*) - COUNT(year) AS without_year
    FROM staging_songs
) AS n
WHERE without_title + without_artist_name + without_duration + without_year > 0
