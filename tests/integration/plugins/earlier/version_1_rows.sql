-- A loaded warehouse of version 1: three plays in two hours, one of which began the day before; two songs.
INSERT INTO etl.migrations (number, name, applied_at)
VALUES (1, 'sort_the_ledger_by_partition', '2026-11-01 00:00:00');

INSERT INTO etl.play_deliveries (
    songplay_id, source_partition, start_time, user_id, level, session_id, location, user_agent, title, artist, length,
    content_hash, copies, is_shown
)
VALUES
('a', '2018-11-05T00', '2018-11-05 00:10:00', 1, 'paid', 1, NULL, 'Mozilla', 'Song', 'Band', NULL, 'old', 1, TRUE),
('b', '2018-11-05T00', '2018-11-04 23:59:59.999', 2, 'free', 2, 'Oslo', NULL, 'a|=b', 'c', 215.5, 'old', 1, TRUE),
('c', '2018-11-05T01', '2018-11-05 01:00:00', 1, NULL, 1, 'Oslo', 'Mozilla', NULL, NULL, 1, 'old', 2, TRUE);

INSERT INTO etl.user_observations (
    source_partition, user_id, seen_ts, session_id, item_in_session, first_name, last_name, gender, level
)
VALUES
('2018-11-05T00', 1, 1541376600000, 1, 0, 'Thea', 'Lindgren', 'F', 'free'),
('2018-11-05T01', 1, 1541379600000, 1, 1, 'Thea', 'Lindgren', 'F', 'paid'),
('2018-11-05T00', 2, 1541375999999, 2, 0, 'Ola', NULL, NULL, 'free');

INSERT INTO etl.latest_observations (
    source_partition, user_id, seen_ts, session_id, item_in_session, first_name, last_name, gender, level
)
VALUES
('2018-11-05T01', 1, 1541379600000, 1, 1, 'Thea', 'Lindgren', 'F', 'paid'),
('2018-11-05T00', 2, 1541375999999, 2, 0, 'Ola', NULL, NULL, 'free');

INSERT INTO etl.song_catalogue (
    song_id, title, artist_id, artist_name, artist_location, artist_latitude, artist_longitude, year, duration
)
VALUES
('S1', 'Song', 'A1', 'Band', NULL, NULL, NULL, 2001, NULL),
('S2', 'Other', NULL, 'Band', 'Oslo', 59.9, 10.7, NULL, 215.5);

INSERT INTO etl.load_ledger (
    target_table, source_partition, partition_ts, manifest_hash, object_count, byte_count, source_lines, staged, rejected,
    in_scope, out_of_scope, candidates, rejected_by_rule, duplicates, loaded, loaded_at
)
VALUES
('songplays', '2018-11-05T00', 1541376000000, 'm', 1, 1, 2, 2, 0, 2, 0, 2, 0, 0, 2, '2018-11-05 01:00:10'),
('songplays', '2018-11-05T01', 1541379600000, 'm', 1, 1, 2, 2, 0, 2, 0, 2, 0, 1, 1, '2018-11-05 02:00:10'),
('songplays', '2018-11-05T02', 1541383200000, 'm', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2018-11-05 03:00:10'),
('songs', '', 0, 'm', 2, 1, 2, 2, 0, 2, 0, 2, 0, 0, 2, '2018-11-05 01:00:05');

INSERT INTO etl.load_history (
    target_table, source_partition, partition_ts, manifest_hash, object_count, byte_count, source_lines, staged, rejected,
    in_scope, out_of_scope, candidates, rejected_by_rule, duplicates, loaded, loaded_at
)
SELECT
    target_table, source_partition, partition_ts, manifest_hash, object_count, byte_count, source_lines, staged, rejected,
    in_scope, out_of_scope, candidates, rejected_by_rule, duplicates, loaded, loaded_at
FROM etl.load_ledger;

INSERT INTO etl.source_objects (
    target_table, source_partition, partition_ts, object_uri, etag, byte_count, source_lines, loaded_at
)
VALUES
('songplays', '2018-11-05T00', 1541376000000, 's3://b/00.json', 'e', 1, 2, '2018-11-05 01:00:10'),
('songs', '', 0, 's3://b/1.json', 'e', 1, 1, '2018-11-05 01:00:05'),
('songs', '', 0, 's3://b/2.json', 'e', 1, 1, '2018-11-05 01:00:05');

INSERT INTO etl.source_scans (target_table, folder_uri, listed_at, seconds, object_count, fingerprint)
VALUES
('songs', 's3://b/', '2018-11-05 01:00:05', 1, 2, 'f'),
('other', 's3://c/', '2018-11-05 01:00:05', 1, 2, 'g');

INSERT INTO etl.left_schemas (schema_name, first_seen)
VALUES ('run_0123456789abcdef0123', '2018-11-05 03:15:00');
