-- Where the rows of songs and artists lie that this load changes, and whether any change may match a play
-- (changed_songs).
-- Reads: changed_songs, ranked_songs, withdrawn_songs
SELECT
    'withdrawn_song_files' AS name,
    'text' AS kind,
    MIN(file_hash) AS first_value,
    MAX(file_hash) AS last_value
FROM withdrawn_songs
GROUP BY SUBSTRING(file_hash, 1, 2)
UNION ALL
SELECT
    'reranked_songs' AS name,
    'text' AS kind,
    MIN(song_id) AS first_value,
    MAX(song_id) AS last_value
FROM ranked_songs
WHERE was_shown <> (choice = 1)
GROUP BY SUBSTRING(song_id, 1, 4)
UNION ALL
SELECT
    'gone_songs' AS name,
    'text' AS kind,
    MIN(w.song_id) AS first_value,
    MAX(w.song_id) AS last_value
FROM withdrawn_songs AS w
LEFT JOIN ranked_songs AS c ON w.song_id = c.song_id
WHERE c.song_id IS NULL
GROUP BY SUBSTRING(w.song_id, 1, 4)
UNION ALL
SELECT
    'artist_ids' AS name,
    'text' AS kind,
    MIN(artist_id) AS first_value,
    MAX(artist_id) AS last_value
FROM changed_songs
WHERE artist_id IS NOT NULL
GROUP BY SUBSTRING(artist_id, 1, 4)
UNION ALL
SELECT
    'changed_songs' AS name,
    'text' AS kind,
    MIN(song_id) AS first_value,
    MAX(song_id) AS last_value
FROM changed_songs
WHERE title IS NOT NULL AND artist_name IS NOT NULL
