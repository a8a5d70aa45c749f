-- What COPYs did.

CREATE OR REPLACE VIEW pg_internal.load_errors AS
SELECT e.* FROM pg_internal.copy_errors AS e
UNION ALL
SELECT t.*
FROM pg_internal.copy_errors_in_transaction AS t
WHERE NOT EXISTS (
    SELECT FROM pg_internal.copy_errors AS e
    WHERE e.query_id = t.query_id AND e.error_number = t.error_number
);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html
CREATE OR REPLACE VIEW pg_catalog.stl_load_errors AS
SELECT
    user_id AS userid,
    0 AS slice,
    table_id AS tbl,
    start_time AS starttime,
    session_id AS session,
    query_id::integer AS query,
    file_name::char(256) AS filename,
    line_number,
    column_name::char(127) AS colname,
    column_type::char(32) AS type,
    column_length::char(10) AS col_length,
    position,
    raw_line::char(1024) AS raw_line,
    raw_field_value::char(1024) AS raw_field_value,
    error_code AS err_code,
    error_reason::char(100) AS err_reason,
    0 AS is_partial,
    0::bigint AS start_offset,
    0::bigint AS copy_job_id
FROM pg_internal.load_errors
WHERE pg_internal.sees(user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_ERROR_DETAIL.html
CREATE OR REPLACE VIEW pg_catalog.sys_load_error_detail AS
SELECT
    user_id,
    query_id,
    transaction_id,
    session_id,
    current_database()::char(64) AS database_name,
    table_id,
    start_time,
    file_name::char(256) AS file_name,
    line_number,
    column_name::char(127) AS column_name,
    column_type::char(32) AS column_type,
    column_length::char(10) AS column_length,
    position,
    error_code,
    error_reason::char(512) AS error_message
FROM pg_internal.load_errors
WHERE pg_internal.sees(user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOADERROR_DETAIL.html
CREATE OR REPLACE VIEW pg_catalog.stl_loaderror_detail AS
SELECT
    user_id AS userid,
    0 AS slice,
    session_id AS session,
    query_id::integer AS query,
    file_name::char(256) AS filename,
    line_number,
    0 AS field,
    column_name::char(127) AS colname,
    raw_field_value::char(1024) AS value,
    0 AS is_null,
    column_type::char(32) AS type,
    column_length::char(10) AS col_length
FROM pg_internal.load_errors
WHERE pg_internal.sees(user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_COMMITS.html
CREATE OR REPLACE VIEW pg_catalog.stl_load_commits AS
SELECT
    f.user_id AS userid,
    f.query_id::integer AS query,
    0 AS slice,
    ''::char(256) AS name,
    f.file_name::char(256) AS filename,
    0 AS byte_offset,
    f.lines_scanned::integer AS lines_scanned,
    f.error_count::integer AS errors,
    f.loaded_at AS curtime,
    1 AS status,
    coalesce(h.file_format, 'json')::char(16) AS file_format,
    0 AS is_partial,
    0::bigint AS start_offset,
    0::bigint AS copy_job_id
FROM pg_internal.copy_files AS f
LEFT JOIN pg_internal.copy_history AS h ON h.query_id = f.query_id
WHERE f.status = 'completed' AND pg_internal.sees(f.user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_DETAIL.html
CREATE OR REPLACE VIEW pg_catalog.sys_load_detail AS
SELECT
    f.user_id,
    f.query_id,
    f.file_name,
    f.byte_count AS bytes_scanned,
    f.lines_scanned,
    0 AS splits_scanned,
    f.loaded_at AS record_time,
    f.loaded_at AS start_time,
    f.loaded_at AS end_time
FROM pg_internal.copy_files AS f
WHERE pg_internal.sees(f.user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_HISTORY.html
CREATE OR REPLACE VIEW pg_catalog.sys_load_history AS
SELECT
    h.user_id,
    h.query_id,
    h.transaction_id,
    h.session_id,
    h.database_name,
    h.status,
    h.table_name,
    h.start_time,
    h.end_time,
    (extract(epoch FROM h.end_time - h.start_time) * 1000000)::bigint AS duration,
    h.data_source,
    h.file_format,
    h.loaded_rows,
    h.loaded_bytes,
    f.files::integer AS source_file_count,
    f.bytes AS source_file_bytes,
    f.files::integer AS file_count_scanned,
    f.bytes AS file_bytes_scanned,
    h.error_count,
    0::bigint AS copy_job_id
FROM pg_internal.copy_history AS h
LEFT JOIN LATERAL (
    SELECT count(*) AS files, coalesce(sum(c.byte_count), 0)::bigint AS bytes
    FROM pg_internal.copy_files AS c
    WHERE c.query_id = h.query_id
) AS f ON true
WHERE pg_internal.sees(h.user_id);

GRANT SELECT ON
    pg_catalog.stl_load_errors, pg_catalog.sys_load_error_detail, pg_catalog.stl_loaderror_detail,
    pg_catalog.stl_load_commits, pg_catalog.sys_load_detail, pg_catalog.sys_load_history
TO PUBLIC;
