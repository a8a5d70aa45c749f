-- The staged song files, when songs lack a field by which plays are matched or which the catalogue shows. The source
-- may have renamed it. A song without its title or its artist's name matches no play.
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
