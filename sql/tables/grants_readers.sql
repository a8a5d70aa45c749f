-- The rights of the pages in Airflow's UI, and of everybody else who only reads. The warehouse's administrator creates
-- the group (docs/aws.md), because only a superuser can. Everybody who can log in may use the schema public already.
-- Reads: none
GRANT USAGE ON SCHEMA etl TO GROUP sparkify_readers;
GRANT SELECT ON
public.songplays, public.users, public.songs, public.artists, public.time,
etl.play_deliveries, etl.user_observations, etl.latest_observations, etl.song_deliveries,
etl.load_ledger, etl.load_history, etl.source_objects, etl.folder_listings, etl.rejects, etl.quality_results,
etl.migrations
TO GROUP sparkify_readers;
