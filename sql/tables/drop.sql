-- Everything that the other files create. Run only when asked for by name.
-- Reads: none
-- Changes: public.artists, public.songplays, public.songs, public.time, public.users
DROP TABLE IF EXISTS public.songplays;
DROP TABLE IF EXISTS public.time;
DROP TABLE IF EXISTS public.songs;
DROP TABLE IF EXISTS public.artists;
DROP TABLE IF EXISTS public.users;
DROP SCHEMA IF EXISTS staging_template CASCADE;
DROP SCHEMA IF EXISTS etl CASCADE;
