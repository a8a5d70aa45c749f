-- One sentence when the staged songs are not exactly as many as this run staged.
-- Reads: staged_partitions, staging_songs
SELECT
    'staging_songs holds ' || CAST(n.songs AS VARCHAR(20)) || ' rows where ' || CAST(p.staged AS VARCHAR(20))
    || ' were staged; clear stage.stage_songs and the tasks downstream.' AS problem
FROM staged_partitions AS p
CROSS JOIN (SELECT COUNT(*) AS songs FROM staging_songs) AS n
WHERE p.table_name = 'staging_songs' AND p.staged <> n.songs
