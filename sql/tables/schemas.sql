-- public: the star schema. etl: bookkeeping. staging_template: the templates of each run's staging schema.
-- Reads: none
CREATE SCHEMA IF NOT EXISTS etl;
CREATE SCHEMA IF NOT EXISTS staging_template;
