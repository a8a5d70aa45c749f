-- A partition of whose plays many lack what the fact and the users show of them: the source may call it otherwise than
-- it did, and COPY loads a key that it does not find as NULL. Many are what they are in events_drifted.
-- Reads: staging_events
SELECT
    source_partition,
    plays,
    without_song,
    without_artist,
    without_length,
    without_level,
    without_location,
    without_user_agent,
    without_first_name,
    without_last_name,
    without_gender
FROM (
    SELECT
        source_partition,
        COUNT(*) AS plays,
        COUNT(*) - COUNT(song) AS without_song,
        COUNT(*) - COUNT(artist) AS without_artist,
        COUNT(*) - COUNT(length) AS without_length,
        COUNT(*) - COUNT(level) AS without_level,
        COUNT(*) - COUNT(location) AS without_location,
        COUNT(*) - COUNT(user_agent) AS without_user_agent,
        COUNT(*) - COUNT(first_name) AS without_first_name,
        COUNT(*) - COUNT(last_name) AS without_last_name,
        COUNT(*) - COUNT(gender) AS without_gender,
        COUNT(*) - LEAST(
            COUNT(song),
            COUNT(artist),
            COUNT(length),
            COUNT(level),
            COUNT(location),
            COUNT(user_agent),
            COUNT(first_name),
            COUNT(last_name),
            COUNT(gender)
        ) AS lacking
    FROM staging_events
    WHERE page = 'NextSong'
    GROUP BY source_partition
) AS n
WHERE (lacking >= 3 AND lacking * 2 > plays) OR (lacking >= 5 AND lacking * 10 >= plays)
