-- What the server remembers: loads, their files and errors, and the attributes of tables. Clients see it through views.

CREATE SCHEMA IF NOT EXISTS pg_internal;

GRANT USAGE ON SCHEMA pg_internal TO PUBLIC;

CREATE TABLE IF NOT EXISTS pg_internal.copy_history (
    query_id bigint PRIMARY KEY,
    user_id integer,
    transaction_id bigint,
    session_id integer,
    database_name text DEFAULT current_database(),
    status text NOT NULL,
    table_id integer,
    schema_name text,
    table_name text,
    start_time timestamp NOT NULL,
    end_time timestamp,
    data_source text,
    file_format text,
    loaded_rows bigint,
    loaded_bytes bigint,
    error_count bigint,
    error_message text,
    query_text text
);

CREATE TABLE IF NOT EXISTS pg_internal.copy_files (
    query_id bigint NOT NULL,
    file_number integer NOT NULL,
    user_id integer,
    session_id integer,
    file_name text NOT NULL,
    byte_count bigint NOT NULL,
    lines_scanned bigint NOT NULL,
    error_count bigint NOT NULL,
    status text NOT NULL,
    loaded_at timestamp NOT NULL,
    PRIMARY KEY (query_id, file_number)
);

CREATE TABLE IF NOT EXISTS pg_internal.copy_errors (
    query_id bigint NOT NULL,
    error_number integer NOT NULL,
    user_id integer,
    transaction_id bigint,
    session_id integer,
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
    error_reason text,
    PRIMARY KEY (query_id, error_number)
);

CREATE INDEX IF NOT EXISTS copy_errors_session ON pg_internal.copy_errors (session_id);

-- A transaction does not see what others commit after its snapshot was taken, so the errors of a COPY that goes on
-- after them (MAXERROR) are written into the client's own transaction as well. Rows found in copy_errors are not
-- shown twice.
CREATE TABLE IF NOT EXISTS pg_internal.copy_errors_in_transaction (
    LIKE pg_internal.copy_errors INCLUDING INDEXES
);

GRANT INSERT ON pg_internal.copy_errors_in_transaction TO PUBLIC;

TRUNCATE pg_internal.copy_errors_in_transaction;

-- What CREATE TABLE said of a table's storage, as JSON: dist_style, dist_key, sort_style, sort_key, encodings,
-- primary_key.
CREATE TABLE IF NOT EXISTS pg_internal.table_storage (
    table_id oid PRIMARY KEY,
    attributes json NOT NULL
);

DELETE FROM pg_internal.table_storage AS s
WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = s.table_id);
