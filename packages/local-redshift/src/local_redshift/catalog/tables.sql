-- The tables behind the system views. The server writes them on a connection of its own, so that the rows survive the
-- rollback of what they describe; clients read them only through the views.
CREATE SCHEMA IF NOT EXISTS redshift_catalog;

GRANT USAGE ON SCHEMA redshift_catalog TO PUBLIC;

-- Where the next start of the server begins to number queries.
CREATE SEQUENCE IF NOT EXISTS redshift_catalog.query_ids INCREMENT BY 100000;

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
    error_message text,
    user_id integer
);

ALTER TABLE redshift_catalog.loads ADD COLUMN IF NOT EXISTS file_format text;

CREATE INDEX IF NOT EXISTS loads_query ON redshift_catalog.loads (query_id);

CREATE TABLE IF NOT EXISTS redshift_catalog.load_files (
    query_id bigint NOT NULL,
    session_id integer NOT NULL,
    file_name text NOT NULL,
    lines_scanned bigint NOT NULL,
    byte_count bigint NOT NULL,
    loaded_at timestamp NOT NULL,
    user_id integer
);

CREATE INDEX IF NOT EXISTS load_files_query ON redshift_catalog.load_files (query_id);

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
    error_message text,
    user_id integer
);

CREATE INDEX IF NOT EXISTS load_errors_query ON redshift_catalog.load_errors (query_id);

CREATE INDEX IF NOT EXISTS load_errors_session ON redshift_catalog.load_errors (session_id);

-- A transaction does not see what others commit after its snapshot was taken. So the errors of a COPY that goes on
-- after them (MAXERROR) are recorded in the client's own transaction too, for that transaction only.
CREATE TABLE IF NOT EXISTS redshift_catalog.recorded_load_errors (
    LIKE redshift_catalog.load_errors,
    recorded_in bigint NOT NULL
);

CREATE OR REPLACE FUNCTION redshift_catalog.record_load_errors(errors json) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$
    INSERT INTO redshift_catalog.recorded_load_errors
    SELECT e.*, pg_current_xact_id()::text::bigint
    FROM json_populate_recordset(NULL::redshift_catalog.load_errors, errors) AS e
$$;

-- The storage attributes of CREATE TABLE: dist_style, dist_key, sort_style, sort_key, encodings.
CREATE TABLE IF NOT EXISTS redshift_catalog.table_storage (
    table_id oid PRIMARY KEY,
    attributes json NOT NULL
);

DELETE FROM redshift_catalog.table_storage AS s
WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = s.table_id);

-- Keys, which are not enforced and so are not constraints of PostgreSQL: key_type is 'p', 'u' or 'f', as in pg_constraint.
-- Their ids are larger than any that such a database reaches.
CREATE SEQUENCE IF NOT EXISTS redshift_catalog.key_ids MINVALUE 4000000000 MAXVALUE 4294967295 CYCLE;

CREATE TABLE IF NOT EXISTS redshift_catalog.table_keys (
    key_id oid PRIMARY KEY DEFAULT nextval('redshift_catalog.key_ids')::text::oid,
    table_id oid NOT NULL,
    key_name name NOT NULL,
    key_type "char" NOT NULL,
    key_columns smallint[] NOT NULL,
    target_id oid NOT NULL,
    target_columns smallint[] NOT NULL,
    UNIQUE (table_id, key_name)
);

DELETE FROM redshift_catalog.table_keys AS k
WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = k.table_id);
