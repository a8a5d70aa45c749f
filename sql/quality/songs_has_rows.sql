-- songs has none of the rows that this run published, although it built some.
-- Reads: run_songs, staged_objects, etl.source_objects, public.songs
SELECT 'songs' AS empty_table
WHERE
    EXISTS (
        SELECT 1
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
    )
    AND NOT EXISTS (
        SELECT 1
        FROM public.songs AS s
        WHERE s.song_id BETWEEN :song_ids_from AND :song_ids_to
    )
