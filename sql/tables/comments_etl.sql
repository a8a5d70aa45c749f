-- What tables and columns mean: shown by psql and BI tools, and the source of docs/data-dictionary.md (make docs).
-- A column's comment is its meaning and, in parentheses, the source's field and an example.
-- Reads: none

COMMENT ON TABLE etl.load_mutex IS 'Locked by every load, read by nobody: writers queue on it.';
COMMENT ON COLUMN etl.load_mutex.id IS 'Not used';

COMMENT ON TABLE etl.play_deliveries
IS 'The cleaned event log behind the fact: one row for each play and partition that delivered it.';
COMMENT ON COLUMN etl.play_deliveries.songplay_id
IS 'The play (source: ts, userId, sessionId, itemInSession; example: 5ba5b6ba1f5e5a0f2f7fdb1b6b7a3f3e)';
COMMENT ON COLUMN etl.play_deliveries.source_partition IS 'The hour that delivered it (example: 2018-11-05T13)';
COMMENT ON COLUMN etl.play_deliveries.start_time
IS 'When the play began, UTC (source: ts; example: 2018-11-05 13:07:21.796)';
COMMENT ON COLUMN etl.play_deliveries.user_id IS 'Who listened (source: userId; example: 39)';
COMMENT ON COLUMN etl.play_deliveries.level IS 'free or paid (source: level; example: paid)';
COMMENT ON COLUMN etl.play_deliveries.session_id IS 'Session (source: sessionId; example: 818)';
COMMENT ON COLUMN etl.play_deliveries.location IS 'City and state (source: location; example: Maplewick-Riverholm, VA)';
COMMENT ON COLUMN etl.play_deliveries.user_agent IS 'Browser or app (source: userAgent; example: Mozilla/5.0 …)';
COMMENT ON COLUMN etl.play_deliveries.title
IS 'Title of the song, as the app says (source: song; example: Bright Zeppelin 48)';
COMMENT ON COLUMN etl.play_deliveries.artist
IS 'Name of the artist, as the app says (source: artist; example: Dov Thorne)';
COMMENT ON COLUMN etl.play_deliveries.length
IS 'Length in seconds, as the app says (source: length; example: 245.36771)';
COMMENT ON COLUMN etl.play_deliveries.content_hash
IS 'MD5 of what the delivery says: the lowest of a partition''s stands (example: 9c2f6c9e7a2bb4f6a3b1c9b5b3a8c0de)';
COMMENT ON COLUMN etl.play_deliveries.copies IS 'How many lines of the partition are this play (example: 1)';
COMMENT ON COLUMN etl.play_deliveries.is_shown
IS 'Whether songplays shows this delivery: the one of the lowest partition and hash (example: true)';

COMMENT ON TABLE etl.user_observations IS 'What each partition''s last event said of each user.';
COMMENT ON COLUMN etl.user_observations.source_partition IS 'The hour (example: 2018-11-05T13)';
COMMENT ON COLUMN etl.user_observations.user_id IS 'The user (source: userId; example: 39)';
COMMENT ON COLUMN etl.user_observations.seen_ts IS 'When, milliseconds since 1970 (source: ts; example: 1541423241796)';
COMMENT ON COLUMN etl.user_observations.session_id IS 'Session of that event (source: sessionId; example: 38)';
COMMENT ON COLUMN etl.user_observations.item_in_session
IS 'Its number in the session (source: itemInSession; example: 0)';
COMMENT ON COLUMN etl.user_observations.first_name IS 'First name (source: firstName; example: Thea)';
COMMENT ON COLUMN etl.user_observations.last_name IS 'Last name (source: lastName; example: Lindgren)';
COMMENT ON COLUMN etl.user_observations.gender IS 'F or M (source: gender; example: F)';
COMMENT ON COLUMN etl.user_observations.level IS 'free or paid (source: level; example: free)';

COMMENT ON TABLE etl.latest_observations
IS 'Which of each user''s observations is the latest: the one that users shows.';
COMMENT ON COLUMN etl.latest_observations.source_partition IS 'The hour that delivered it (example: 2018-11-05T13)';
COMMENT ON COLUMN etl.latest_observations.user_id IS 'The user (source: userId; example: 39)';
COMMENT ON COLUMN etl.latest_observations.seen_ts
IS 'When, milliseconds since 1970 (source: ts; example: 1541423241796)';
COMMENT ON COLUMN etl.latest_observations.session_id IS 'Session of that event (source: sessionId; example: 38)';
COMMENT ON COLUMN etl.latest_observations.item_in_session
IS 'Its number in the session (source: itemInSession; example: 0)';

COMMENT ON TABLE etl.song_deliveries
IS 'The song files as delivered: one row for each file and song_id in it. Plays are matched with those shown.';
COMMENT ON COLUMN etl.song_deliveries.file_hash
IS 'MD5 of the file''s address (example: 0cc175b9c0f1b6a831c399e269772661)';
COMMENT ON COLUMN etl.song_deliveries.object_uri
IS 'The file''s address; migrated: known from before files were (example: s3://sparkify/song_data/A/B/C/TRABC.json)';
COMMENT ON COLUMN etl.song_deliveries.song_id IS 'Song (source: song_id; example: SOABCDE12AB0123456)';
COMMENT ON COLUMN etl.song_deliveries.title IS 'Title (source: title; example: Bright Zeppelin 48)';
COMMENT ON COLUMN etl.song_deliveries.artist_id IS 'Artist (source: artist_id; example: ARABCDE1187FB12345)';
COMMENT ON COLUMN etl.song_deliveries.artist_name IS 'Name of the artist (source: artist_name; example: Dov Thorne)';
COMMENT ON COLUMN etl.song_deliveries.artist_location
IS 'Where the artist is from (source: artist_location; example: Oslo, Norway)';
COMMENT ON COLUMN etl.song_deliveries.artist_latitude IS 'Degrees north (source: artist_latitude; example: 59.91273)';
COMMENT ON COLUMN etl.song_deliveries.artist_longitude IS 'Degrees east (source: artist_longitude; example: 10.74609)';
COMMENT ON COLUMN etl.song_deliveries.year IS 'Year of release; 0 when not known (source: year; example: 0)';
COMMENT ON COLUMN etl.song_deliveries.duration IS 'Length in seconds (source: duration; example: 245.36771)';
COMMENT ON COLUMN etl.song_deliveries.content_hash
IS 'MD5 of what the delivery says: the lowest of a song''s is shown (example: 9c2f6c9e7a2bb4f6a3b1c9b5b3a8c0de)';
COMMENT ON COLUMN etl.song_deliveries.copies IS 'How many lines of the file have the song_id (example: 1)';
COMMENT ON COLUMN etl.song_deliveries.is_shown
IS 'Whether songs shows this delivery: the one of the lowest content, then file_hash (example: true)';

COMMENT ON TABLE etl.load_ledger IS 'The latest load of each table and partition, and how its figures add up.';
COMMENT ON COLUMN etl.load_ledger.target_table IS 'What was loaded: songplays or songs (example: songplays)';
COMMENT ON COLUMN etl.load_ledger.source_partition
IS 'The partition: an hour; empty for songs (example: 2018-11-05T13)';
COMMENT ON COLUMN etl.load_ledger.partition_ts IS 'Its first moment, milliseconds since 1970 (example: 1541422800000)';
COMMENT ON COLUMN etl.load_ledger.manifest_hash
IS 'MD5, in hex, of the files'' addresses and ETags (example: 0cc175b9c0f1b6a831c399e269772661)';
COMMENT ON COLUMN etl.load_ledger.object_count IS 'Files (example: 1)';
COMMENT ON COLUMN etl.load_ledger.byte_count IS 'Their size in bytes, compressed as they are (example: 13512)';
COMMENT ON COLUMN etl.load_ledger.source_lines
IS 'Lines that are not blank, counted by reading the files (example: 309)';
COMMENT ON COLUMN etl.load_ledger.staged IS 'Rows that COPY loaded (example: 309)';
COMMENT ON COLUMN etl.load_ledger.rejected IS 'Lines that COPY rejected; source_lines = staged + rejected (example: 0)';
COMMENT ON COLUMN etl.load_ledger.in_scope IS 'Staged events of the partition (example: 309)';
COMMENT ON COLUMN etl.load_ledger.out_of_scope
IS 'Staged events of other hours of the day''s file; staged = in_scope + out_of_scope (example: 0)';
COMMENT ON COLUMN etl.load_ledger.candidates IS 'Plays among those in scope (example: 252)';
COMMENT ON COLUMN etl.load_ledger.rejected_by_rule IS 'Plays without a valid timestamp (example: 0)';
COMMENT ON COLUMN etl.load_ledger.duplicates
IS 'Plays that songplays shows from another delivery; candidates = loaded + duplicates + rejected_by_rule (example: 0)';
COMMENT ON COLUMN etl.load_ledger.loaded IS 'Plays that songplays shows from this partition (example: 252)';
COMMENT ON COLUMN etl.load_ledger.dag_id IS 'DAG that loaded it (example: sparkify_hourly)';
COMMENT ON COLUMN etl.load_ledger.run_id IS 'Its run (example: scheduled__2018-11-05T14:00:00+00:00)';
COMMENT ON COLUMN etl.load_ledger.task_id IS 'Its task (example: publish)';
COMMENT ON COLUMN etl.load_ledger.try_number IS 'The task''s try (example: 1)';
COMMENT ON COLUMN etl.load_ledger.query_ids IS 'Query ids of the COPYs, for SYS_QUERY_HISTORY (example: 7633)';
COMMENT ON COLUMN etl.load_ledger.seconds IS 'Duration of the COPYs and the load (example: 2.6)';
COMMENT ON COLUMN etl.load_ledger.loaded_at IS 'When it was committed, UTC (example: 2018-11-05 14:00:21)';
COMMENT ON COLUMN etl.load_ledger.as_of
IS 'When the files were seen to be these, by the warehouse''s clock, UTC (example: 2018-11-05 14:00:05.123456)';
COMMENT ON COLUMN etl.load_ledger.play_days
IS 'Days on which the partition''s plays began; empty without plays and for songs (example: 2018-11-05)';

COMMENT ON TABLE etl.load_history
IS 'Every load that ever committed, the superseded ones included; the columns are those of load_ledger.';

COMMENT ON TABLE etl.source_objects IS 'The version of each file that the latest load used.';
COMMENT ON COLUMN etl.source_objects.target_table IS 'songplays or songs (example: songplays)';
COMMENT ON COLUMN etl.source_objects.source_partition IS 'The partition; empty for songs (example: 2018-11-05T13)';
COMMENT ON COLUMN etl.source_objects.partition_ts
IS 'Its first moment, milliseconds since 1970; 0 for songs (example: 1541422800000)';
COMMENT ON COLUMN etl.source_objects.object_uri
IS 'The file''s address (example: s3://sparkify/log_data/2018/11/05/13/events.json.gz)';
COMMENT ON COLUMN etl.source_objects.etag
IS 'Its ETag when it was loaded; empty for a song file that is gone (example: 77443bdee2c79181effa18e8f72fca91)';
COMMENT ON COLUMN etl.source_objects.byte_count IS 'Its size (example: 13512)';
COMMENT ON COLUMN etl.source_objects.last_modified IS 'When it was last written, UTC (example: 2018-11-05 14:00:02)';
COMMENT ON COLUMN etl.source_objects.source_lines IS 'Its lines that are not blank (example: 309)';
COMMENT ON COLUMN etl.source_objects.run_id IS 'Run that loaded it (example: scheduled__2018-11-05T14:00:00+00:00)';
COMMENT ON COLUMN etl.source_objects.loaded_at IS 'When, UTC (example: 2018-11-05 14:00:21)';
COMMENT ON COLUMN etl.source_objects.as_of
IS 'When the file was seen in this version, by the warehouse''s clock, UTC (example: 2018-11-05 14:00:05.123456)';

COMMENT ON TABLE etl.folder_listings IS 'The last listing of 1,000 source files or more in which nothing was new.';
COMMENT ON COLUMN etl.folder_listings.target_table IS 'songs (example: songs)';
COMMENT ON COLUMN etl.folder_listings.folder_uri IS 'The folder (example: s3://sparkify/song_data/)';
COMMENT ON COLUMN etl.folder_listings.listed_at IS 'When, UTC (example: 2018-11-05 14:00:02)';
COMMENT ON COLUMN etl.folder_listings.seconds IS 'How long it took (example: 22.5)';
COMMENT ON COLUMN etl.folder_listings.object_count IS 'Files in it (example: 100000)';
COMMENT ON COLUMN etl.folder_listings.fingerprint IS 'A digest of each of 256 groups of its files (example: 1f0c…)';

COMMENT ON TABLE etl.rejects IS 'The quarantine: source lines and plays that were not loaded, with the reason.';
COMMENT ON COLUMN etl.rejects.table_name
IS 'staging_events and staging_songs: rejected by COPY; songplays: rejected by rule (example: staging_events)';
COMMENT ON COLUMN etl.rejects.source_partition
IS 'The partition: an hour, or a day in the daily layout; empty for songs (example: 2018-11-05T13)';
COMMENT ON COLUMN etl.rejects.object_uri IS 'The file (example: s3://sparkify/log_data/2018/11/05/13/events.json.gz)';
COMMENT ON COLUMN etl.rejects.line_number IS 'Line in the file, from 1 (example: 3)';
COMMENT ON COLUMN etl.rejects.column_name IS 'Column that the value was for (example: session_id)';
COMMENT ON COLUMN etl.rejects.column_type IS 'Its type (example: int4)';
COMMENT ON COLUMN etl.rejects.error_code IS 'Redshift''s code of the load error (example: 1207)';
COMMENT ON COLUMN etl.rejects.reason IS 'What is wrong (example: Invalid digit, Value ''n'', Pos 0, Type: Integer)';
COMMENT ON COLUMN etl.rejects.raw_line IS 'The line as it is in the file (example: {"artist": …})';
COMMENT ON COLUMN etl.rejects.run_id IS 'Run that rejected it (example: scheduled__2018-11-05T14:00:00+00:00)';
COMMENT ON COLUMN etl.rejects.rejected_at IS 'When, UTC (example: 2018-11-05 14:00:21)';

COMMENT ON TABLE etl.quality_results IS 'The result of every check of every run.';
COMMENT ON COLUMN etl.quality_results.check_name
IS 'The check: a file of sql/quality or sql/audit (example: songplays_unique)';
COMMENT ON COLUMN etl.quality_results.severity IS 'error fails the run, warn does not (example: error)';
COMMENT ON COLUMN etl.quality_results.status IS 'passed, warned or failed (example: passed)';
COMMENT ON COLUMN etl.quality_results.failures IS 'Offending rows (example: 0)';
COMMENT ON COLUMN etl.quality_results.sample
IS 'Some of them, one a line (example: 2018-11-02T12, 1541376000, NextSong)';
COMMENT ON COLUMN etl.quality_results.source_partition
IS 'Start of the run''s window (example: 2018-11-05T13:00:00+00:00)';
COMMENT ON COLUMN etl.quality_results.dag_id IS 'DAG (example: sparkify_hourly)';
COMMENT ON COLUMN etl.quality_results.run_id IS 'Run (example: scheduled__2018-11-05T14:00:00+00:00)';
COMMENT ON COLUMN etl.quality_results.task_id IS 'Task (example: check_quality)';
COMMENT ON COLUMN etl.quality_results.try_number IS 'The task''s try (example: 1)';
COMMENT ON COLUMN etl.quality_results.checked_at IS 'When, UTC (example: 2018-11-05 14:00:22)';

COMMENT ON TABLE etl.migrations IS 'The changes of table definitions that this warehouse has.';
COMMENT ON COLUMN etl.migrations.number IS 'Number of the file in sql/migrations (example: 1)';
COMMENT ON COLUMN etl.migrations.name IS 'The rest of its name (example: sort_the_ledger_by_partition)';
COMMENT ON COLUMN etl.migrations.applied_at
IS 'When it was applied, or the tables were made with it, UTC (example: 2026-11-26 02:00:00)';

COMMENT ON TABLE etl.staging_schemas IS 'Staging schemas that runs left, for maintenance to drop.';
COMMENT ON COLUMN etl.staging_schemas.schema_name IS 'The schema (example: run_0123456789abcdef0123)';
COMMENT ON COLUMN etl.staging_schemas.first_seen IS 'When maintenance first saw it, UTC (example: 2026-11-26 03:15:00)';
