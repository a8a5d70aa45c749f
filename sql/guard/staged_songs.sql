-- One sentence for each reason why the staged songs are not exactly what this run staged, or are out of date.
SELECT 'The run has not staged the song files; clear the tasks stage_songs and downstream.' AS problem
FROM (
    SELECT COUNT(*) AS partitions
    FROM staged_partitions
    WHERE table_name = 'staging_songs'
) AS n
WHERE n.partitions = 0
UNION ALL
SELECT
    'staging_songs holds ' || CAST(n.songs AS VARCHAR(20)) || ' rows where ' || CAST(p.staged AS VARCHAR(20))
    || ' were staged; clear the tasks stage_songs and downstream.' AS problem
FROM staged_partitions AS p
CROSS JOIN (SELECT COUNT(*) AS songs FROM staging_songs) AS n
WHERE p.table_name = 'staging_songs' AND p.staged <> n.songs
UNION ALL
SELECT
    'The song file ' || o.object_uri || ' was loaded in a newer version by ' || s.run_id
    || '; clear the tasks stage_songs and downstream.' AS problem
FROM staged_objects AS o
INNER JOIN etl.source_objects AS s ON o.object_uri = s.object_uri AND LEN(o.object_uri) = LEN(s.object_uri)
WHERE
    o.table_name = 'staging_songs'
    AND s.target_table = 'songs'
    AND s.partition_ts = 0
    AND s.etag <> o.etag
    AND s.last_modified > o.last_modified
