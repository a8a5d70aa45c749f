-- artists has none of the artists of this run's songs, although these have some, as the catalogue shows them: another
-- file's lower content may say of a song that it has none.
-- Reads: run_songs, staged_objects, etl.source_objects, public.artists, public.songs
SELECT 'artists' AS empty_table
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
        INNER JOIN public.songs AS s ON n.song_id = s.song_id AND s.song_id BETWEEN :song_ids_from AND :song_ids_to
        WHERE s.artist_id IS NOT NULL
    )
    AND NOT EXISTS (
        SELECT 1
        FROM public.artists AS a
        WHERE a.artist_id BETWEEN :song_artists_from AND :song_artists_to
    )
