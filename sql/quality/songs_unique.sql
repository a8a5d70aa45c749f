-- A song of the files that this run loaded that has no row, or more than one.
-- Reads: run_songs, staged_objects, etl.source_objects, public.songs
SELECT
    e.song_id,
    COUNT(s.song_id) AS copies
FROM (
    SELECT DISTINCT n.song_id
    FROM run_songs AS n
    INNER JOIN staged_objects AS o ON n.file_hash = MD5(o.object_uri) AND o.table_name = 'staging_songs'
    INNER JOIN etl.source_objects AS f
        ON
            o.object_uri = f.object_uri
            AND LEN(o.object_uri) = LEN(f.object_uri)
            AND o.etag = f.etag
            AND f.target_table = 'songs'
            AND f.partition_ts = 0
            AND f.object_uri BETWEEN :song_uris_from AND :song_uris_to
) AS e
LEFT JOIN public.songs AS s ON e.song_id = s.song_id AND s.song_id BETWEEN :song_ids_from AND :song_ids_to
GROUP BY e.song_id
HAVING COUNT(s.song_id) <> 1
