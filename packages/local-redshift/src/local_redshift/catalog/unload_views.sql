-- What UNLOADs wrote: a row for each file.
CREATE TABLE IF NOT EXISTS redshift_catalog.unload_files (
    query_id bigint NOT NULL,
    session_id integer NOT NULL,
    user_id integer,
    query_text text,
    file_format text,
    file_name text,
    row_count bigint,
    byte_count bigint,
    start_time timestamp,
    end_time timestamp
);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_UNLOAD_LOG.html
CREATE OR REPLACE VIEW pg_catalog.stl_unload_log AS
SELECT
    user_id AS userid,
    query_id::integer AS query,
    0 AS slice,
    session_id AS pid,
    file_name::char(1280) AS path,
    start_time,
    end_time,
    row_count AS line_count,
    byte_count AS transfer_size,
    file_format::char(10) AS file_format
FROM redshift_catalog.unload_files
WHERE redshift_catalog.sees(user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_UNLOAD_DETAIL.html
CREATE OR REPLACE VIEW pg_catalog.sys_unload_detail AS
SELECT
    user_id,
    query_id::integer AS query_id,
    session_id,
    0::bigint AS transaction_id,
    file_name::char(1280) AS file_name,
    start_time,
    end_time,
    row_count AS line_count,
    byte_count AS transfer_size,
    file_format::char(10) AS file_format
FROM redshift_catalog.unload_files
WHERE redshift_catalog.sees(user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_UNLOAD_HISTORY.html
CREATE OR REPLACE VIEW pg_catalog.sys_unload_history AS
SELECT
    max(user_id) AS user_id, query_id, 0::bigint AS transaction_id, max(session_id) AS session_id,
    current_database()::text AS database_name, 'completed'::text AS status, min(start_time) AS start_time,
    max(end_time) AS end_time, (extract(epoch FROM max(end_time) - min(start_time)) * 1000000)::bigint AS duration,
    max(file_format) AS file_format, NULL::text AS compression_type,
    substring(max(query_text), '(?i)\mto\s+''(s3://[^'']*)''') AS unloaded_location,
    sum(row_count)::bigint AS unloaded_rows,
    count(*) AS unloaded_files_count, sum(byte_count)::bigint AS unloaded_files_size, NULL::text AS error_message
FROM redshift_catalog.unload_files
WHERE redshift_catalog.sees(user_id)
GROUP BY query_id;

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_UNLOAD_COUNT.html
CREATE OR REPLACE FUNCTION pg_catalog.pg_last_unload_count() RETURNS bigint
LANGUAGE sql VOLATILE
RETURN coalesce(nullif(current_setting('redshift.last_unload_count', true), ''), '0')::bigint;

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_UNLOAD_ID.html
CREATE OR REPLACE FUNCTION pg_catalog.pg_last_unload_id() RETURNS bigint
LANGUAGE sql VOLATILE
RETURN coalesce(nullif(current_setting('redshift.last_unload_id', true), ''), '-1')::bigint;

GRANT SELECT ON pg_catalog.stl_unload_log, pg_catalog.sys_unload_detail, pg_catalog.sys_unload_history TO PUBLIC;
