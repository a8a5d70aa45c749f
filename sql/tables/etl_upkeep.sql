-- What keeps the warehouse itself in order.
-- Reads: none
-- Makes: etl.migrations, etl.staging_schemas

-- The changes of definitions (sql/migrations) that this warehouse has, those it was made with included.
CREATE TABLE IF NOT EXISTS etl.migrations (
    number INTEGER NOT NULL ENCODE AZ64,
    name VARCHAR(128) NOT NULL ENCODE ZSTD,
    applied_at TIMESTAMP NOT NULL ENCODE AZ64,
    PRIMARY KEY (number)
)
DISTSTYLE ALL;

-- Staging schemas that runs left, and when maintenance first saw them: Redshift keeps no time of a schema's making.
CREATE TABLE IF NOT EXISTS etl.staging_schemas (
    schema_name VARCHAR(128) NOT NULL ENCODE ZSTD,
    first_seen TIMESTAMP NOT NULL ENCODE AZ64,
    PRIMARY KEY (schema_name)
)
DISTSTYLE ALL;
