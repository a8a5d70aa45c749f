-- What the staging templates and their columns mean; a run's own tables have the same columns. See comments_etl.sql for
-- the form.
-- Reads: none

COMMENT ON TABLE staging_template.staging_events
IS 'What each run''s table of staged events is made like: the fields of the event log, as delivered.';
COMMENT ON COLUMN staging_template.staging_events.artist
IS 'Name of the artist played (source: artist; example: Dov Thorne)';
COMMENT ON COLUMN staging_template.staging_events.auth
IS 'Logged In, Logged Out or Guest (source: auth; example: Logged In)';
COMMENT ON COLUMN staging_template.staging_events.first_name IS 'First name (source: firstName; example: Thea)';
COMMENT ON COLUMN staging_template.staging_events.gender IS 'F or M (source: gender; example: F)';
COMMENT ON COLUMN staging_template.staging_events.item_in_session
IS 'Number of the event in its session (source: itemInSession; example: 0)';
COMMENT ON COLUMN staging_template.staging_events.last_name IS 'Last name (source: lastName; example: Lindgren)';
COMMENT ON COLUMN staging_template.staging_events.length
IS 'Length of the song in seconds (source: length; example: 245.36771)';
COMMENT ON COLUMN staging_template.staging_events.level IS 'free or paid (source: level; example: free)';
COMMENT ON COLUMN staging_template.staging_events.location
IS 'City and state (source: location; example: Maplewick-Riverholm, VA)';
COMMENT ON COLUMN staging_template.staging_events.method IS 'HTTP method (source: method; example: PUT)';
COMMENT ON COLUMN staging_template.staging_events.page
IS 'Page of the app; NextSong is a play (source: page; example: NextSong)';
COMMENT ON COLUMN staging_template.staging_events.registration
IS 'When the user registered, milliseconds since 1970 (source: registration; example: 1540000000123.0)';
COMMENT ON COLUMN staging_template.staging_events.session_id IS 'Session (source: sessionId; example: 38)';
COMMENT ON COLUMN staging_template.staging_events.song
IS 'Title of the song played (source: song; example: Bright Zeppelin 48)';
COMMENT ON COLUMN staging_template.staging_events.status IS 'HTTP status (source: status; example: 200)';
COMMENT ON COLUMN staging_template.staging_events.ts
IS 'When it happened, milliseconds since 1970 (source: ts; example: 1541423241796)';
COMMENT ON COLUMN staging_template.staging_events.user_agent
IS 'Browser or app (source: userAgent; example: Mozilla/5.0 …)';
COMMENT ON COLUMN staging_template.staging_events.user_id IS 'User; NULL when logged out (source: userId; example: 39)';
COMMENT ON COLUMN staging_template.staging_events.source_partition
IS 'The files that one COPY read: an hour or a day (example: 2018-11-05T13)';

COMMENT ON TABLE staging_template.staging_songs
IS 'What each run''s table of staged songs is made like: the fields of the song files, as delivered.';
COMMENT ON COLUMN staging_template.staging_songs.num_songs IS 'Always 1 (source: num_songs; example: 1)';
COMMENT ON COLUMN staging_template.staging_songs.artist_id IS 'Artist (source: artist_id; example: ARABCDE1187FB12345)';
COMMENT ON COLUMN staging_template.staging_songs.artist_latitude
IS 'Degrees north (source: artist_latitude; example: 59.91273)';
COMMENT ON COLUMN staging_template.staging_songs.artist_longitude
IS 'Degrees east (source: artist_longitude; example: 10.74609)';
COMMENT ON COLUMN staging_template.staging_songs.artist_location
IS 'Where the artist is from (source: artist_location; example: Oslo, Norway)';
COMMENT ON COLUMN staging_template.staging_songs.artist_name IS 'Name (source: artist_name; example: Dov Thorne)';
COMMENT ON COLUMN staging_template.staging_songs.song_id IS 'Song (source: song_id; example: SOABCDE12AB0123456)';
COMMENT ON COLUMN staging_template.staging_songs.title IS 'Title (source: title; example: Bright Zeppelin 48)';
COMMENT ON COLUMN staging_template.staging_songs.duration IS 'Length in seconds (source: duration; example: 245.36771)';
COMMENT ON COLUMN staging_template.staging_songs.year IS 'Year of release; 0 when not known (source: year; example: 0)';
COMMENT ON COLUMN staging_template.staging_songs.object_uri
IS 'The file of the song; none without a song_id (example: s3://sparkify/song_data/A/B/C/TRABC.json)';

COMMENT ON TABLE staging_template.staging_time
IS 'What each run''s table of calendar parts is made like: those of the staged events'' timestamps, computed once.';
COMMENT ON COLUMN staging_template.staging_time.ts
IS 'Milliseconds since 1970, of the years 2000 to 2099 (source: ts; example: 1541423241796)';
COMMENT ON COLUMN staging_template.staging_time.start_time
IS 'The same as a timestamp, UTC (source: ts; example: 2018-11-05 13:07:21.796)';
COMMENT ON COLUMN staging_template.staging_time.hour IS '0 to 23 (source: ts; example: 13)';
COMMENT ON COLUMN staging_template.staging_time.day IS 'Day of the month (source: ts; example: 5)';
COMMENT ON COLUMN staging_template.staging_time.week IS 'Week of the year by ISO 8601 (source: ts; example: 45)';
COMMENT ON COLUMN staging_template.staging_time.month IS '1 to 12 (source: ts; example: 11)';
COMMENT ON COLUMN staging_template.staging_time.year IS 'Year (source: ts; example: 2018)';
COMMENT ON COLUMN staging_template.staging_time.weekday IS '0 is Sunday, 6 is Saturday (source: ts; example: 1)';

COMMENT ON TABLE staging_template.run_partitions IS 'The hours that a run is to load.';
COMMENT ON COLUMN staging_template.run_partitions.source_partition IS 'The hour (example: 2018-11-05T13)';
COMMENT ON COLUMN staging_template.run_partitions.start_ts
IS 'Its first moment, milliseconds since 1970 (example: 1541422800000)';
COMMENT ON COLUMN staging_template.run_partitions.end_ts IS 'The moment after its last one (example: 1541426400000)';

COMMENT ON TABLE staging_template.staged_partitions
IS 'What a run staged, partition by partition: a load refuses to publish anything else.';
COMMENT ON COLUMN staging_template.staged_partitions.table_name
IS 'staging_events or staging_songs (example: staging_events)';
COMMENT ON COLUMN staging_template.staged_partitions.source_partition
IS 'An hour, or a day in the daily layout; empty for songs (example: 2018-11-05T13)';
COMMENT ON COLUMN staging_template.staged_partitions.start_ts
IS 'Its first moment, milliseconds since 1970 (example: 1541422800000)';
COMMENT ON COLUMN staging_template.staged_partitions.end_ts IS 'The moment after its last one (example: 1541426400000)';
COMMENT ON COLUMN staging_template.staged_partitions.manifest_hash
IS 'MD5, in hex, of the files'' addresses and ETags (example: 0cc175b9c0f1b6a831c399e269772661)';
COMMENT ON COLUMN staging_template.staged_partitions.object_count IS 'Files (example: 1)';
COMMENT ON COLUMN staging_template.staged_partitions.byte_count IS 'Their size in bytes (example: 13512)';
COMMENT ON COLUMN staging_template.staged_partitions.source_lines IS 'Lines that are not blank (example: 309)';
COMMENT ON COLUMN staging_template.staged_partitions.staged IS 'Rows that COPY loaded (example: 309)';
COMMENT ON COLUMN staging_template.staged_partitions.rejected IS 'Lines that COPY rejected (example: 0)';
COMMENT ON COLUMN staging_template.staged_partitions.query_id IS 'Query id of the COPY (example: 7633)';
COMMENT ON COLUMN staging_template.staged_partitions.seconds IS 'How long it took (example: 0.9)';
COMMENT ON COLUMN staging_template.staged_partitions.as_of
IS 'When the files were seen to be these, by the warehouse''s clock, UTC (example: 2018-11-05 14:00:05.123456)';

COMMENT ON TABLE staging_template.staged_objects IS 'The files that a run staged, and those whose removal it accepts.';
COMMENT ON COLUMN staging_template.staged_objects.table_name
IS 'staging_events or staging_songs (example: staging_events)';
COMMENT ON COLUMN staging_template.staged_objects.source_partition IS 'The partition (example: 2018-11-05T13)';
COMMENT ON COLUMN staging_template.staged_objects.object_uri
IS 'The file''s address (example: s3://sparkify/log_data/2018/11/05/13/events.json.gz)';
COMMENT ON COLUMN staging_template.staged_objects.etag
IS 'Its ETag; empty for a file that is gone (example: 77443bdee2c79181effa18e8f72fca91)';
COMMENT ON COLUMN staging_template.staged_objects.byte_count IS 'Its size (example: 13512)';
COMMENT ON COLUMN staging_template.staged_objects.last_modified
IS 'When it was last written, UTC (example: 2018-11-05 14:00:02)';
COMMENT ON COLUMN staging_template.staged_objects.source_lines IS 'Its lines that are not blank (example: 309)';

COMMENT ON TABLE staging_template.staged_rejects
IS 'The lines that a run''s COPYs rejected, and those of plays that are rejected by rule.';
COMMENT ON COLUMN staging_template.staged_rejects.table_name
IS 'staging_events and staging_songs: rejected by COPY; songplays: rejected by rule (example: staging_events)';
COMMENT ON COLUMN staging_template.staged_rejects.source_partition IS 'The partition (example: 2018-11-05T13)';
COMMENT ON COLUMN staging_template.staged_rejects.object_uri
IS 'The file (example: s3://sparkify/log_data/2018/11/05/13/events.json.gz)';
COMMENT ON COLUMN staging_template.staged_rejects.line_number IS 'Line in the file, from 1 (example: 3)';
COMMENT ON COLUMN staging_template.staged_rejects.column_name IS 'Column that the value was for (example: session_id)';
COMMENT ON COLUMN staging_template.staged_rejects.column_type IS 'Its type (example: int4)';
COMMENT ON COLUMN staging_template.staged_rejects.error_code IS 'Redshift''s code of the load error (example: 1207)';
COMMENT ON COLUMN staging_template.staged_rejects.reason
IS 'What is wrong (example: Invalid digit, Value ''n'', Pos 0, Type: Integer)';
COMMENT ON COLUMN staging_template.staged_rejects.raw_line IS 'The line as it is in the file (example: {"artist": …})';

COMMENT ON TABLE staging_template.run_plays IS 'The plays of a run''s staging, one row for each play and partition.';
COMMENT ON COLUMN staging_template.run_plays.songplay_id
IS 'The play (source: ts, userId, sessionId, itemInSession; example: 5ba5b6ba1f5e5a0f2f7fdb1b6b7a3f3e)';
COMMENT ON COLUMN staging_template.run_plays.source_partition IS 'The hour that delivers it (example: 2018-11-05T13)';
COMMENT ON COLUMN staging_template.run_plays.start_time
IS 'When the play began, UTC (source: ts; example: 2018-11-05 13:07:21.796)';
COMMENT ON COLUMN staging_template.run_plays.user_id IS 'Who listened (source: userId; example: 39)';
COMMENT ON COLUMN staging_template.run_plays.level IS 'free or paid (source: level; example: paid)';
COMMENT ON COLUMN staging_template.run_plays.session_id IS 'Session (source: sessionId; example: 818)';
COMMENT ON COLUMN staging_template.run_plays.location
IS 'City and state (source: location; example: Maplewick-Riverholm, VA)';
COMMENT ON COLUMN staging_template.run_plays.user_agent IS 'Browser or app (source: userAgent; example: Mozilla/5.0 …)';
COMMENT ON COLUMN staging_template.run_plays.title
IS 'Title of the song, as the app says (source: song; example: Bright Zeppelin 48)';
COMMENT ON COLUMN staging_template.run_plays.artist
IS 'Name of the artist, as the app says (source: artist; example: Dov Thorne)';
COMMENT ON COLUMN staging_template.run_plays.length
IS 'Length in seconds, as the app says (source: length; example: 245.36771)';
COMMENT ON COLUMN staging_template.run_plays.content_hash
IS 'MD5 of what the delivery says: the lowest of a partition''s stands (example: 9c2f6c9e7a2bb4f6a3b1c9b5b3a8c0de)';
COMMENT ON COLUMN staging_template.run_plays.copies IS 'How many lines of the partition are this play (example: 1)';

COMMENT ON TABLE staging_template.run_observations IS 'What each staged partition''s last event says of each user.';
COMMENT ON COLUMN staging_template.run_observations.source_partition IS 'The hour (example: 2018-11-05T13)';
COMMENT ON COLUMN staging_template.run_observations.user_id IS 'The user (source: userId; example: 39)';
COMMENT ON COLUMN staging_template.run_observations.seen_ts
IS 'When, milliseconds since 1970 (source: ts; example: 1541423241796)';
COMMENT ON COLUMN staging_template.run_observations.session_id
IS 'Session of that event (source: sessionId; example: 38)';
COMMENT ON COLUMN staging_template.run_observations.item_in_session
IS 'Its number in the session (source: itemInSession; example: 0)';
COMMENT ON COLUMN staging_template.run_observations.first_name IS 'First name (source: firstName; example: Thea)';
COMMENT ON COLUMN staging_template.run_observations.last_name IS 'Last name (source: lastName; example: Lindgren)';
COMMENT ON COLUMN staging_template.run_observations.gender IS 'F or M (source: gender; example: F)';
COMMENT ON COLUMN staging_template.run_observations.level IS 'free or paid (source: level; example: free)';

COMMENT ON TABLE staging_template.run_times IS 'The moments of a run''s plays.';
COMMENT ON COLUMN staging_template.run_times.source_partition
IS 'The hour that delivers a play of this moment (example: 2018-11-05T13)';
COMMENT ON COLUMN staging_template.run_times.start_time
IS 'The moment, UTC (source: ts; example: 2018-11-05 13:07:21.796)';
COMMENT ON COLUMN staging_template.run_times.hour IS '0 to 23 (source: ts; example: 13)';
COMMENT ON COLUMN staging_template.run_times.day IS 'Day of the month (source: ts; example: 5)';
COMMENT ON COLUMN staging_template.run_times.week IS 'Week of the year by ISO 8601 (source: ts; example: 45)';
COMMENT ON COLUMN staging_template.run_times.month IS '1 to 12 (source: ts; example: 11)';
COMMENT ON COLUMN staging_template.run_times.year IS 'Year (source: ts; example: 2018)';
COMMENT ON COLUMN staging_template.run_times.weekday IS '0 is Sunday, 6 is Saturday (source: ts; example: 1)';

COMMENT ON TABLE staging_template.run_songs IS 'The songs of a run''s staged files, one row for each file and song_id.';
COMMENT ON COLUMN staging_template.run_songs.file_hash
IS 'MD5 of the file''s address (example: 5ba5b6ba1f5e5a0f2f7fdb1b6b7a3f3e)';
COMMENT ON COLUMN staging_template.run_songs.object_uri
IS 'The file (example: s3://sparkify/song_data/A/B/C/TRABC.json)';
COMMENT ON COLUMN staging_template.run_songs.song_id IS 'Song (source: song_id; example: SOABCDE12AB0123456)';
COMMENT ON COLUMN staging_template.run_songs.title IS 'Title (source: title; example: Bright Zeppelin 48)';
COMMENT ON COLUMN staging_template.run_songs.artist_id IS 'Artist (source: artist_id; example: ARABCDE1187FB12345)';
COMMENT ON COLUMN staging_template.run_songs.year IS 'Year of release; 0 when not known (source: year; example: 0)';
COMMENT ON COLUMN staging_template.run_songs.duration IS 'Length in seconds (source: duration; example: 245.36771)';
COMMENT ON COLUMN staging_template.run_songs.content_hash
IS 'MD5 of what the line says, the artist included; the lowest stands (example: 9c2f6c9e7a2bb4f6a3b1c9b5b3a8c0de)';
COMMENT ON COLUMN staging_template.run_songs.copies IS 'How many lines of the file have the song_id (example: 1)';

COMMENT ON TABLE staging_template.run_artists
IS 'The artists of a run''s staged files, by the song whose line names them.';
COMMENT ON COLUMN staging_template.run_artists.file_hash
IS 'MD5 of the file''s address (example: 5ba5b6ba1f5e5a0f2f7fdb1b6b7a3f3e)';
COMMENT ON COLUMN staging_template.run_artists.song_id
IS 'The song whose line says it (source: song_id; example: SOABCDE12AB0123456)';
COMMENT ON COLUMN staging_template.run_artists.name IS 'Name (source: artist_name; example: Dov Thorne)';
COMMENT ON COLUMN staging_template.run_artists.location
IS 'Where the artist is from (source: artist_location; example: Oslo, Norway)';
COMMENT ON COLUMN staging_template.run_artists.latitude IS 'Degrees north (source: artist_latitude; example: 59.91273)';
COMMENT ON COLUMN staging_template.run_artists.longitude
IS 'Degrees east (source: artist_longitude; example: 10.74609)';

COMMENT ON TABLE staging_template.run_loads
IS 'Which of a run''s tables were built, of which staging, and what the publish returned.';
COMMENT ON COLUMN staging_template.run_loads.table_name IS 'What was built, or publish (example: run_plays)';
COMMENT ON COLUMN staging_template.run_loads.row_count IS 'Its rows (example: 252)';
COMMENT ON COLUMN staging_template.run_loads.as_of
IS 'The latest as_of of the staging that it was built of, UTC (example: 2018-11-05 14:00:05.123456)';
COMMENT ON COLUMN staging_template.run_loads.result
IS 'What publish returned, as JSON; empty for the others (example: {"songplays": {"inserted": 252}})';
