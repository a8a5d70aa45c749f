-- What COPYs did.

CREATE OR REPLACE VIEW redshift_catalog.visible_load_errors AS
SELECT *
FROM (
    SELECT * FROM redshift_catalog.load_errors
    UNION ALL
    SELECT
        r.query_id, r.session_id, r.transaction_id, r.database_name, r.table_id, r.start_time, r.file_name,
        r.line_number, r.column_name, r.column_type, r.column_length, r.position, r.raw_line, r.raw_field_value,
        r.error_code, r.error_message, r.user_id
    FROM redshift_catalog.recorded_load_errors AS r
    WHERE r.recorded_in = pg_current_xact_id_if_assigned()::text::bigint
        AND NOT EXISTS (SELECT FROM redshift_catalog.load_errors AS e WHERE e.query_id = r.query_id)
) AS e
WHERE redshift_catalog.sees(e.user_id);

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
    error_message::char(100) AS err_reason,
    0 AS is_partial,
    0::bigint AS start_offset,
    0::bigint AS copy_job_id
FROM redshift_catalog.visible_load_errors;

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
    error_message::char(512) AS error_message
FROM redshift_catalog.visible_load_errors;

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
FROM redshift_catalog.visible_load_errors;

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
    -1 AS errors,
    f.loaded_at AS curtime,
    1 AS status,
    CASE l.file_format WHEN 'JSON' THEN 'JSON' WHEN 'PARQUET' THEN 'Parquet' ELSE 'Text' END::char(16) AS file_format,
    0 AS is_partial,
    0::bigint AS start_offset,
    0::bigint AS copy_job_id
FROM redshift_catalog.load_files AS f
JOIN redshift_catalog.loads AS l ON l.query_id = f.query_id AND l.session_id = f.session_id
WHERE redshift_catalog.sees(f.user_id);

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
FROM redshift_catalog.load_files AS f
WHERE redshift_catalog.sees(f.user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_HISTORY.html
CREATE OR REPLACE VIEW pg_catalog.sys_load_history AS
SELECT
    user_id,
    query_id,
    NULL::bigint AS transaction_id,
    session_id,
    database_name,
    CASE status WHEN 'completed' THEN status ELSE 'aborted' END AS status,
    table_name,
    start_time,
    end_time,
    (extract(epoch FROM end_time - start_time) * 1000000)::bigint AS duration,
    data_source,
    coalesce(file_format, 'JSON') AS file_format,
    loaded_rows,
    loaded_bytes,
    source_file_count,
    loaded_bytes AS source_file_bytes,
    source_file_count AS file_count_scanned,
    loaded_bytes AS file_bytes_scanned,
    error_count,
    0::bigint AS copy_job_id
FROM redshift_catalog.loads
WHERE redshift_catalog.sees(user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_RECENTS.html
CREATE OR REPLACE VIEW pg_catalog.stv_recents AS
SELECT
    usesysid::integer AS userid,
    CASE state WHEN 'active' THEN 'Running' ELSE 'Done' END::char(20) AS status,
    query_start::timestamp AS starttime,
    (extract(epoch FROM clock_timestamp() - query_start) * 1000000)::integer AS duration,
    usename::char(50) AS user_name,
    datname::char(50) AS db_name,
    query::char(600) AS query,
    pid
FROM pg_stat_activity
WHERE backend_type = 'client backend';

GRANT SELECT ON
    redshift_catalog.visible_load_errors,
    pg_catalog.stl_load_errors, pg_catalog.sys_load_error_detail, pg_catalog.stl_loaderror_detail,
    pg_catalog.stl_load_commits, pg_catalog.sys_load_detail, pg_catalog.sys_load_history, pg_catalog.stv_recents
TO PUBLIC;
