-- What the rivals stage into, and where the provider's operators load to; dbt makes its tables by itself.
CREATE SCHEMA rival_provider;
CREATE SCHEMA rival_dbt;
CREATE TABLE rival_provider.staging_events (LIKE staging_template.staging_events);
CREATE TABLE rival_provider.staging_songs (LIKE staging_template.staging_songs);
CREATE TABLE rival_dbt.staging_events (LIKE staging_template.staging_events);
CREATE TABLE rival_dbt.staging_songs (LIKE staging_template.staging_songs);
CREATE TABLE rival_provider.songplays (LIKE public.songplays);
CREATE TABLE rival_provider.users (LIKE public.users);
CREATE TABLE rival_provider.songs (LIKE public.songs);
CREATE TABLE rival_provider.artists (LIKE public.artists);
CREATE TABLE rival_provider.time (LIKE public.time);
