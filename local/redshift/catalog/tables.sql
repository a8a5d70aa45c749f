-- What the system views are made of. Written by the server on a connection of its own, so that it survives the
-- rollback of what it tells of.
CREATE SCHEMA IF NOT EXISTS redshift_catalog;

CREATE TABLE IF NOT EXISTS redshift_catalog.load_errors (
    query_id bigint NOT NULL,
    session_id integer NOT NULL,
    transaction_id bigint,
    database_name text NOT NULL,
    table_id integer,
    start_time timestamp NOT NULL,
    file_name text,
    line_number bigint,
    column_name text,
    column_type text,
    column_length text,
    position integer,
    raw_line text,
    raw_field_value text,
    error_code integer,
    error_message text
);

CREATE TABLE IF NOT EXISTS redshift_catalog.loads (
    query_id bigint NOT NULL,
    session_id integer NOT NULL,
    database_name text NOT NULL,
    table_id integer,
    table_name text,
    query_text text,
    status text NOT NULL,
    start_time timestamp NOT NULL,
    end_time timestamp NOT NULL,
    loaded_rows bigint NOT NULL,
    loaded_bytes bigint NOT NULL,
    source_file_count integer NOT NULL,
    error_count bigint NOT NULL,
    data_source text,
    error_message text
);

CREATE TABLE IF NOT EXISTS redshift_catalog.load_files (
    query_id bigint NOT NULL,
    session_id integer NOT NULL,
    file_name text NOT NULL,
    lines_scanned bigint NOT NULL,
    byte_count bigint NOT NULL,
    loaded_at timestamp NOT NULL
);

CREATE TABLE IF NOT EXISTS redshift_catalog.table_attributes (
    table_id oid PRIMARY KEY,
    attributes jsonb NOT NULL
);

GRANT USAGE ON SCHEMA redshift_catalog TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA redshift_catalog TO PUBLIC;
