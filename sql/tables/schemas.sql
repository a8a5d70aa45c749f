-- public: the star schema. etl: bookkeeping. staging_template: what each run's staging schema is made from.
-- Reads: none
CREATE SCHEMA IF NOT EXISTS etl;
CREATE SCHEMA IF NOT EXISTS staging_template;
