-- What tables and columns mean: shown by psql and BI tools, and the source of docs/data-dictionary.md (make docs).
-- A column's comment is its meaning and, in parentheses, the source's field and an example.
-- Reads: none

COMMENT ON TABLE public.songplays IS 'The fact: one row for each song played, however often it was delivered.';
COMMENT ON COLUMN public.songplays.songplay_id
IS 'Identity: MD5 of the source, joined by a bar (source: ts, userId, sessionId, itemInSession; example: 5ba5b6…)';
COMMENT ON COLUMN public.songplays."timestamp"
IS 'When the play began, UTC; refers to time.start_time (source: ts; example: 2018-11-05 13:07:21.796)';
COMMENT ON COLUMN public.songplays.user_id IS 'Who listened; refers to users (source: userId; example: 39)';
COMMENT ON COLUMN public.songplays.level
IS 'Subscription at the time of the play: free or paid (source: level; example: paid)';
COMMENT ON COLUMN public.songplays.song_id
IS 'By title, artist, nearest length; NULL if not in songs (source: song, artist, length; example: SOABCDE12AB0123456)';
COMMENT ON COLUMN public.songplays.artist_id
IS 'The artist of that song; NULL when that is (source: song, artist, length; example: ARABCDE1187FB12345)';
COMMENT ON COLUMN public.songplays.session_id
IS 'The listener''s session in the app; each user has numbers of their own (source: sessionId; example: 818)';
COMMENT ON COLUMN public.songplays.location
IS 'Where the listener was: city and state (source: location; example: Maplewick-Riverholm, VA)';
COMMENT ON COLUMN public.songplays.user_agent
IS 'The browser or app, as it names itself (source: userAgent; example: Mozilla/5.0 (X11; Linux x86_64) …)';

COMMENT ON TABLE public.users IS 'Everyone who was ever logged in, as their latest event describes them.';
COMMENT ON COLUMN public.users.user_id IS 'Identity of the user (source: userId; example: 39)';
COMMENT ON COLUMN public.users.first_name IS 'First name (source: firstName; example: Thea)';
COMMENT ON COLUMN public.users.last_name IS 'Last name (source: lastName; example: Lindgren)';
COMMENT ON COLUMN public.users.gender IS 'F or M (source: gender; example: F)';
COMMENT ON COLUMN public.users.level IS 'Present subscription: free or paid (source: level; example: free)';

COMMENT ON TABLE public.songs IS 'The catalogue''s songs.';
COMMENT ON COLUMN public.songs.song_id IS 'Identity of the song (source: song_id; example: SOABCDE12AB0123456)';
COMMENT ON COLUMN public.songs.title IS 'Title (source: title; example: Bright Zeppelin 48)';
COMMENT ON COLUMN public.songs.artist_id
IS 'Who performs it; refers to artists (source: artist_id; example: ARABCDE1187FB12345)';
COMMENT ON COLUMN public.songs.year IS 'Year of release; 0 when not known (source: year; example: 0)';
COMMENT ON COLUMN public.songs.duration IS 'Length in seconds (source: duration; example: 245.36771)';

COMMENT ON TABLE public.artists IS 'The catalogue''s artists; one with several names has that of the lowest song_id.';
COMMENT ON COLUMN public.artists.artist_id IS 'Identity of the artist (source: artist_id; example: ARABCDE1187FB12345)';
COMMENT ON COLUMN public.artists.name IS 'Name (source: artist_name; example: Dov Thorne)';
COMMENT ON COLUMN public.artists.location
IS 'Where the artist is from, as the catalogue says (source: artist_location; example: Oslo, Norway)';
COMMENT ON COLUMN public.artists.latitude IS 'Degrees north (source: artist_latitude; example: 59.91273)';
COMMENT ON COLUMN public.artists.longitude IS 'Degrees east (source: artist_longitude; example: 10.74609)';

COMMENT ON TABLE public.time IS 'The moments of plays, once each, with their parts of the calendar, UTC.';
COMMENT ON COLUMN public.time.start_time
IS 'The moment, to the millisecond (source: ts; example: 2018-11-05 13:07:21.796)';
COMMENT ON COLUMN public.time.hour IS '0 to 23 (source: ts; example: 13)';
COMMENT ON COLUMN public.time.day IS 'Day of the month (source: ts; example: 5)';
COMMENT ON COLUMN public.time.week IS 'Week of the year by ISO 8601, 1 to 53 (source: ts; example: 45)';
COMMENT ON COLUMN public.time.month IS '1 to 12 (source: ts; example: 11)';
COMMENT ON COLUMN public.time.year IS 'Year (source: ts; example: 2018)';
COMMENT ON COLUMN public.time.weekday IS '0 is Sunday, 6 is Saturday (source: ts; example: 1)';
