-- The star schema. songplays and users share their distribution key, so that the join with the dimension that
-- grows with the business needs no redistribution; the other dimensions are left to AUTO, which copies them to
-- all nodes while they are small. Plays are read by time: the fact is sorted by it.
-- PRIMARY KEY, UNIQUE and FOREIGN KEY inform the planner and are not enforced: sql/quality checks them.
-- https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html
-- Reads: none
-- Makes: public.artists, public.songplays, public.songs, public.time, public.users
CREATE TABLE IF NOT EXISTS public.users (
    user_id INTEGER NOT NULL ENCODE RAW,
    first_name VARCHAR(256) ENCODE ZSTD,
    last_name VARCHAR(256) ENCODE ZSTD,
    gender VARCHAR(16) ENCODE ZSTD,
    level VARCHAR(16) ENCODE ZSTD,
    PRIMARY KEY (user_id)
)
DISTKEY (user_id)
SORTKEY (user_id);

CREATE TABLE IF NOT EXISTS public.artists (
    artist_id VARCHAR(32) NOT NULL ENCODE RAW,
    name VARCHAR(1024) ENCODE ZSTD,
    location VARCHAR(512) ENCODE ZSTD,
    latitude DOUBLE PRECISION ENCODE ZSTD,
    longitude DOUBLE PRECISION ENCODE ZSTD,
    PRIMARY KEY (artist_id)
)
DISTSTYLE AUTO
SORTKEY (artist_id);

CREATE TABLE IF NOT EXISTS public.songs (
    song_id VARCHAR(32) NOT NULL ENCODE RAW,
    title VARCHAR(1024) ENCODE ZSTD,
    artist_id VARCHAR(32) ENCODE ZSTD,
    year INTEGER ENCODE AZ64,
    duration DOUBLE PRECISION ENCODE ZSTD,
    PRIMARY KEY (song_id),
    FOREIGN KEY (artist_id) REFERENCES public.artists (artist_id)
)
DISTSTYLE AUTO
SORTKEY (song_id);

CREATE TABLE IF NOT EXISTS public.time (
    start_time TIMESTAMP NOT NULL ENCODE RAW,
    hour SMALLINT NOT NULL ENCODE AZ64,
    day SMALLINT NOT NULL ENCODE AZ64,
    week SMALLINT NOT NULL ENCODE AZ64,
    month SMALLINT NOT NULL ENCODE AZ64,
    year SMALLINT NOT NULL ENCODE AZ64,
    weekday SMALLINT NOT NULL ENCODE AZ64,
    PRIMARY KEY (start_time)
)
DISTSTYLE AUTO
SORTKEY (start_time);

CREATE TABLE IF NOT EXISTS public.songplays (
    songplay_id CHAR(32) NOT NULL ENCODE ZSTD,
    "timestamp" TIMESTAMP NOT NULL ENCODE RAW,
    user_id INTEGER ENCODE AZ64,
    level VARCHAR(16) ENCODE ZSTD,
    song_id VARCHAR(32) ENCODE ZSTD,
    artist_id VARCHAR(32) ENCODE ZSTD,
    session_id INTEGER ENCODE AZ64,
    location VARCHAR(512) ENCODE ZSTD,
    user_agent VARCHAR(1024) ENCODE ZSTD,
    PRIMARY KEY (songplay_id),
    FOREIGN KEY ("timestamp") REFERENCES public.time (start_time),
    FOREIGN KEY (user_id) REFERENCES public.users (user_id),
    FOREIGN KEY (song_id) REFERENCES public.songs (song_id),
    FOREIGN KEY (artist_id) REFERENCES public.artists (artist_id)
)
DISTKEY (user_id)
SORTKEY ("timestamp");
