-- The Airflow version of the same: create_tables.sql, then the helper's SELECTs inserted into their tables.

CREATE TABLE artists (
	artistid varchar(256) NOT NULL,
	name varchar(256),
	location varchar(256),
	lattitude numeric(18,0),
	longitude numeric(18,0)
);

CREATE TABLE songplays (
	playid varchar(32) NOT NULL,
	start_time timestamp NOT NULL,
	userid int4 NOT NULL,
	"level" varchar(256),
	songid varchar(256),
	artistid varchar(256),
	sessionid int4,
	location varchar(256),
	user_agent varchar(256),
	CONSTRAINT songplays_pkey PRIMARY KEY (playid)
);

CREATE TABLE staging_events (
	artist varchar(256), auth varchar(256), firstname varchar(256), gender varchar(256), iteminsession int4,
	lastname varchar(256), length numeric(18,0), "level" varchar(256), location varchar(256), "method" varchar(256),
	page varchar(256), registration numeric(18,0), sessionid int4, song varchar(256), status int4, ts int8,
	useragent varchar(256), userid int4
);

CREATE TABLE staging_songs (
	num_songs int4, artist_id varchar(256), artist_name varchar(512), artist_latitude numeric(18,0),
	artist_longitude numeric(18,0), artist_location varchar(512), song_id varchar(256), title varchar(512),
	duration numeric(18,0), "year" int4
);

CREATE TABLE "time" (
	start_time timestamp NOT NULL, "hour" int4, "day" int4, week int4, "month" varchar(256), "year" int4,
	weekday varchar(256),
	CONSTRAINT time_pkey PRIMARY KEY (start_time)
) ;

COPY staging_events FROM '${bucket}/log_data' ACCESS_KEY_ID '${key}' SECRET_ACCESS_KEY '${secret}'
FORMAT AS JSON '${bucket}/log_json_path.json';

COPY staging_songs
FROM '${bucket}/song_data'
ACCESS_KEY_ID '${key}'
SECRET_ACCESS_KEY '${secret}'
REGION AS 'us-west-2' FORMAT AS JSON 'auto' BLANKSASNULL STATUPDATE ON MAXERROR 1;

INSERT INTO songplays
SELECT
        md5(events.sessionid || events.start_time) songplay_id,
        events.start_time,
        events.userid,
        events.level,
        songs.song_id,
        songs.artist_id,
        events.sessionid,
        events.location,
        events.useragent
        FROM (SELECT TIMESTAMP 'epoch' + ts/1000 * interval '1 second' AS start_time, *
    FROM staging_events
    WHERE page='NextSong') events
    LEFT JOIN staging_songs songs
    ON events.song = songs.title
        AND events.artist = songs.artist_name
        AND events.length = songs.duration;

SELECT playid, start_time, songid FROM songplays ORDER BY start_time;
-- rows: [["e30eb65b5ce5534fed9764a7996916ec", "2018-11-01 21:01:46", null],
-- rows:  ["a8854d07ea52cfe0f17145495b9f49c3", "2018-11-04 00:10:00", "SOZCTXZ12AB0182364"],
-- rows:  ["14a8013206582cde18c0eee7db3e3da7", "2018-11-05 01:27:22", null]]

TRUNCATE TABLE "time";

INSERT INTO "time"
SELECT start_time, extract(hour from start_time), extract(day from start_time), extract(week from start_time),
       extract(month from start_time), extract(year from start_time), extract(dayofweek from start_time)
FROM songplays;

SELECT "month", weekday FROM "time" ORDER BY start_time;
-- rows: [["11", "4"], ["11", "0"], ["11", "1"]]

SELECT COUNT(*) FROM songplays WHERE playid IS NULL;
-- rows: [[0]]

INSERT INTO artists
SELECT distinct artist_id, artist_name, artist_location, artist_latitude, artist_longitude FROM staging_songs;

SELECT longitude FROM artists WHERE name = 'Elena';
-- rows: [[-15.0]]
