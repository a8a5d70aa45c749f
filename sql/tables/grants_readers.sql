-- What the pages in Airflow's UI, and whoever else only reads, may do. The group is made by the warehouse's
-- administrator (docs/aws.md), because only a superuser can.
-- Whoever can log in may use the schema public already.
-- Reads: none
GRANT USAGE ON SCHEMA etl TO GROUP sparkify_readers;
GRANT SELECT ON
public.songplays, public.users, public.songs, public.artists, public.time,
etl.play_deliveries, etl.user_observations, etl.latest_observations, etl.song_deliveries,
etl.load_ledger, etl.load_history, etl.source_objects, etl.folder_listings, etl.rejects, etl.quality_results,
etl.migrations
TO GROUP sparkify_readers;
