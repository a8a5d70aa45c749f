-- A warehouse project as the public ones write it: staging by COPY, a star by INSERT … SELECT.

DROP TABLE IF EXISTS staging_events;
DROP TABLE IF EXISTS staging_songs;
DROP TABLE IF EXISTS songplays CASCADE;
DROP TABLE IF EXISTS users CASCADE;
DROP TABLE IF EXISTS time;

CREATE TABLE IF NOT EXISTS staging_events (
    event_id        BIGINT IDENTITY(0,1)    NOT NULL,
    artist          VARCHAR                 NULL,
    auth            VARCHAR                 NULL,
    firstName       VARCHAR                 NULL,
    gender          CHAR(1)                 NULL,
    itemInSession   VARCHAR                 NULL,
    lastName        TEXT                    NULL,
    length          NUMERIC(9, 5),
    level           VARCHAR(10),
    location        VARCHAR(MAX),
    method          VARCHAR(10),
    page            VARCHAR(50),
    registration    FLOAT,
    sessionId       INTEGER                 NOT NULL SORTKEY DISTKEY,
    song            VARCHAR,
    status          INTEGER,
    ts              BIGINT                  NOT NULL,
    userAgent       TEXT,
    userId          INTEGER
);

CREATE TABLE IF NOT EXISTS staging_songs (
    num_songs INT, artist_id VARCHAR(25), artist_latitude FLOAT8, artist_longitude FLOAT8,
    artist_location VARCHAR(500), artist_name VARCHAR(500), song_id VARCHAR(25), title VARCHAR(500),
    duration DOUBLE PRECISION, year SMALLINT
)
DISTSTYLE ALL;

CREATE TABLE IF NOT EXISTS users (
    user_id INTEGER NOT NULL PRIMARY KEY SORTKEY, first_name VARCHAR, last_name VARCHAR, gender CHAR(1), level VARCHAR
) diststyle all;

CREATE TABLE IF NOT EXISTS songs (
    song_id VARCHAR(25) NOT NULL SORTKEY, title VARCHAR(500) NOT NULL, artist_id VARCHAR NOT NULL, year INT,
    duration DECIMAL(9), PRIMARY KEY (song_id)
);

CREATE TABLE IF NOT EXISTS artists (
    artist_id VARCHAR(25) PRIMARY KEY SORTKEY, name VARCHAR(500), location VARCHAR, latitude FLOAT, longitude FLOAT
) diststyle all;

CREATE TABLE IF NOT EXISTS time (
    start_time TIMESTAMP NOT NULL PRIMARY KEY SORTKEY, hour SMALLINT, day SMALLINT, week SMALLINT, month SMALLINT,
    year SMALLINT DISTKEY, weekday SMALLINT
);

CREATE TABLE IF NOT EXISTS songplays (
    songplay_id INT IDENTITY(0,1) PRIMARY KEY,
    start_time  TIMESTAMP NOT NULL SORTKEY REFERENCES time (start_time),
    user_id     INT NOT NULL DISTKEY REFERENCES users (user_id),
    level       VARCHAR,
    song_id     VARCHAR(25) REFERENCES songs (song_id),
    artist_id   VARCHAR(25),
    session_id  INT NOT NULL,
    location    VARCHAR,
    user_agent  VARCHAR,
    FOREIGN KEY (artist_id) REFERENCES artists (artist_id)
);

COPY staging_events (artist, auth, firstName, gender, itemInSession, lastName, length, level, location, method, page,
                     registration, sessionId, song, status, ts, userAgent, userId)
FROM '${bucket}/log_data'
CREDENTIALS 'aws_iam_role=${role}'
COMPUPDATE OFF REGION 'us-west-2'
FORMAT AS JSON '${bucket}/log_json_path.json';

COPY staging_songs FROM '${bucket}/song_data' iam_role '${role}'
format as json 'auto' region 'us-west-2' TRUNCATECOLUMNS BLANKSASNULL EMPTYASNULL;

SELECT COUNT(*) FROM staging_events;
-- rows: [[5]]

SELECT COUNT(*), COUNT(artist_latitude) FROM staging_songs;
-- rows: [[2, 1]]

INSERT INTO songplays (start_time, user_id, level, song_id, artist_id, session_id, location, user_agent)
SELECT DISTINCT TIMESTAMP 'epoch' + se.ts/1000 * INTERVAL '1 second' AS start_time,
       se.userId    AS user_id,
       se.level     AS level,
       ss.song_id   AS song_id,
       ss.artist_id AS artist_id,
       se.sessionId AS session_id,
       se.location  AS location,
       se.userAgent AS user_agent
FROM staging_events AS se
JOIN staging_songs AS ss
    ON (se.song = ss.title AND se.artist = ss.artist_name)
WHERE se.page = 'NextSong';

INSERT INTO users (user_id, first_name, last_name, gender, level)
SELECT DISTINCT(userId), firstName, lastName, gender, level
FROM staging_events
WHERE userId IS NOT NULL AND page = 'NextSong';

INSERT INTO songs SELECT DISTINCT song_id, title, artist_id, year, duration FROM staging_songs WHERE song_id IS NOT NULL;

INSERT INTO artists (artist_id, name, location, latitude, longitude)
(SELECT artist_id, artist_name, artist_location, artist_latitude, artist_longitude FROM staging_songs);

INSERT INTO time (start_time, hour, day, week, month, year, weekday)
SELECT DISTINCT TIMESTAMP 'epoch' + ts/1000 * INTERVAL '1 second' AS start_time,
       EXTRACT(hr FROM start_time) AS hour,
       EXTRACT(d FROM start_time) AS day,
       EXTRACT(w FROM start_time) AS week,
       EXTRACT(mon FROM start_time) AS month,
       EXTRACT(yr FROM start_time) AS year,
       EXTRACT(weekday FROM start_time) AS weekday
FROM staging_events
WHERE page = 'NextSong';

SELECT start_time, hour, day, week, month, year, weekday FROM time ORDER BY start_time;
-- rows: [["2018-11-01 21:01:46", 21, 1, 44, 11, 2018, 4], ["2018-11-04 00:10:00", 0, 4, 44, 11, 2018, 0],
-- rows:  ["2018-11-05 01:27:22", 1, 5, 45, 11, 2018, 1]]

SELECT user_id, first_name, level FROM users ORDER BY user_id, level;
-- rows: [[8, "Kaylee", "free"], [10, "Sylvie", "free"], [10, "Sylvie", "paid"]]

SELECT sp.start_time, u.first_name, s.title, a.name, sp.level
FROM songplays sp
JOIN users u ON sp.user_id = u.user_id AND sp.level = u.level
JOIN songs s USING (song_id)
LEFT JOIN artists a ON a.artist_id = sp.artist_id
ORDER BY 1;
-- rows: [["2018-11-04 00:10:00", "Sylvie", "Setanta matins", "Elena", "free"]]

SELECT COUNT(*) FROM songs WHERE duration = 270;
-- rows: [[1]]

DROP TABLE users;
-- error: other objects depend on it
