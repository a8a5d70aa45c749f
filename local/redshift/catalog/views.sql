-- Redshift's system views, in the measure that drivers and tools read them.

CREATE OR REPLACE FUNCTION redshift_catalog.note_load_errors(errors json) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $body$
    INSERT INTO redshift_catalog.noted_load_errors
    SELECT e.*, pg_current_xact_id()::text::bigint
    FROM json_populate_recordset(NULL::redshift_catalog.load_errors, errors) AS e
$body$;

CREATE OR REPLACE VIEW redshift_catalog.visible_load_errors AS
SELECT * FROM redshift_catalog.load_errors
UNION ALL
SELECT
    n.query_id, n.session_id, n.transaction_id, n.database_name, n.table_id, n.start_time, n.file_name, n.line_number,
    n.column_name, n.column_type, n.column_length, n.position, n.raw_line, n.raw_field_value, n.error_code,
    n.error_message
FROM redshift_catalog.noted_load_errors AS n
WHERE n.noted_in = pg_current_xact_id_if_assigned()::text::bigint
    AND NOT EXISTS (SELECT 1 FROM redshift_catalog.load_errors AS e WHERE e.query_id = n.query_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_ERROR_DETAIL.html
CREATE OR REPLACE VIEW pg_catalog.sys_load_error_detail AS
SELECT
    100 AS user_id, query_id, transaction_id, session_id, database_name, table_id, start_time, file_name, line_number,
    column_name, column_type, column_length, position, error_code, error_message
FROM redshift_catalog.visible_load_errors;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html
CREATE OR REPLACE VIEW pg_catalog.stl_load_errors AS
SELECT
    100 AS userid, 0 AS slice, table_id AS tbl, start_time AS starttime, session_id AS session, query_id AS query,
    file_name AS filename, line_number, column_name AS colname, column_type AS type, column_length AS col_length,
    position, raw_line, raw_field_value, error_code AS err_code, error_message AS err_reason,
    0 AS is_partial, 0 AS start_offset, 0 AS copy_job_id
FROM redshift_catalog.visible_load_errors;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_COMMITS.html
CREATE OR REPLACE VIEW pg_catalog.stl_load_commits AS
SELECT
    100 AS userid, f.query_id AS query, 0 AS slice, l.table_name AS name, f.file_name AS filename, f.byte_count AS bytes,
    f.loaded_at AS curtime, f.lines_scanned, CASE WHEN l.error_count > 0 THEN l.error_count ELSE -1 END AS errors,
    1 AS status, 'JSON' AS file_format, 0 AS is_partial, 0 AS start_offset, 0 AS copy_job_id
FROM redshift_catalog.load_files AS f
JOIN redshift_catalog.loads AS l ON f.query_id = l.query_id;

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_HISTORY.html
CREATE OR REPLACE VIEW pg_catalog.sys_load_history AS
SELECT
    100 AS user_id, query_id, session_id, database_name, status, table_name, start_time, end_time,
    extract(epoch FROM end_time - start_time)::bigint * 1000000 AS duration, data_source, 'JSON' AS file_format,
    loaded_rows, loaded_bytes, source_file_count, loaded_bytes AS source_file_bytes, source_file_count AS file_count_scanned,
    loaded_bytes AS file_bytes_scanned, error_count, error_message
FROM redshift_catalog.loads;

CREATE OR REPLACE VIEW pg_catalog.svv_tables AS
SELECT table_catalog, table_schema, table_name, table_type, NULL::text AS remarks
FROM information_schema.tables
WHERE table_schema <> 'redshift_catalog';

CREATE OR REPLACE VIEW pg_catalog.svv_columns AS
SELECT
    table_catalog, table_schema, table_name, column_name, ordinal_position, column_default, is_nullable, data_type,
    character_maximum_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision,
    interval_type, interval_precision, NULL::text AS character_set_catalog, NULL::text AS character_set_schema,
    NULL::text AS character_set_name, NULL::text AS collation_catalog, NULL::text AS collation_schema,
    NULL::text AS collation_name, NULL::text AS domain_name, NULL::text AS remarks
FROM information_schema.columns
WHERE table_schema <> 'redshift_catalog';

CREATE OR REPLACE VIEW pg_catalog.svv_all_tables AS
SELECT
    table_catalog AS database_name, table_schema AS schema_name, table_name,
    CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' ELSE table_type END AS table_type,
    NULL::text AS table_acl, NULL::text AS remarks
FROM information_schema.tables
WHERE table_schema <> 'redshift_catalog';

CREATE OR REPLACE VIEW pg_catalog.svv_all_columns AS
SELECT
    table_catalog AS database_name, table_schema AS schema_name, table_name, column_name, ordinal_position,
    column_default, is_nullable, data_type, character_maximum_length, numeric_precision, numeric_scale,
    NULL::text AS remarks
FROM information_schema.columns
WHERE table_schema <> 'redshift_catalog';

CREATE OR REPLACE VIEW pg_catalog.svv_redshift_tables AS
SELECT database_name, schema_name, table_name, table_type, table_acl, remarks FROM pg_catalog.svv_all_tables;

CREATE OR REPLACE VIEW pg_catalog.svv_redshift_columns AS
SELECT
    database_name, schema_name, table_name, column_name, ordinal_position, data_type, column_default, is_nullable,
    NULL::text AS encoding, NULL::boolean AS distkey, NULL::integer AS sortkey, NULL::text AS column_acl, remarks
FROM pg_catalog.svv_all_columns;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_TABLE_DEF.html: tables of the search_path
CREATE OR REPLACE VIEW pg_catalog.pg_table_def AS
SELECT
    n.nspname AS schemaname, c.relname AS tablename, a.attname AS "column",
    format_type(a.atttypid, a.atttypmod) AS type,
    COALESCE(t.attributes -> 'encodings' ->> a.attname::text, 'none') AS encoding,
    COALESCE(t.attributes ->> 'dist_key' = a.attname::text, false) AS distkey,
    COALESCE((
        SELECT k.place::integer
        FROM jsonb_array_elements_text(t.attributes -> 'sort_key') WITH ORDINALITY AS k (name, place)
        WHERE k.name = a.attname::text
    ), 0) AS sortkey,
    a.attnotnull AS "notnull"
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN redshift_catalog.table_attributes AS t ON t.table_id = c.oid
WHERE c.relkind IN ('r', 'v') AND n.nspname = ANY (current_schemas(false));

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TABLE_INFO.html
CREATE OR REPLACE VIEW pg_catalog.svv_table_info AS
SELECT
    current_database()::text AS database, n.nspname AS schema, c.oid AS table_id, c.relname AS "table",
    CASE WHEN t.attributes ? 'encodings' THEN 'Y' ELSE 'N' END AS encoded,
    CASE
        WHEN t.attributes ? 'dist_key' THEN 'KEY(' || (t.attributes ->> 'dist_key') || ')'
        ELSE COALESCE(t.attributes ->> 'dist_style', 'AUTO(ALL)')
    END AS diststyle,
    t.attributes -> 'sort_key' ->> 0 AS sortkey1,
    COALESCE(jsonb_array_length(t.attributes -> 'sort_key'), 0) AS sortkey_num,
    (pg_total_relation_size(c.oid) / 1048576)::bigint AS size,
    c.reltuples::bigint AS tbl_rows, 0::numeric AS unsorted, 0::numeric AS stats_off
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN redshift_catalog.table_attributes AS t ON t.table_id = c.oid
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'redshift_catalog');

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_RECENTS.html
CREATE OR REPLACE VIEW pg_catalog.stv_recents AS
SELECT
    100 AS userid, CASE state WHEN 'active' THEN 'Running' ELSE 'Done' END AS status,
    query_start::timestamp AS starttime,
    (extract(epoch FROM clock_timestamp() - query_start) * 1000000)::bigint AS duration,
    usename AS user_name, datname AS db_name, query, pid
FROM pg_stat_activity
WHERE backend_type = 'client backend';

GRANT SELECT ON redshift_catalog.visible_load_errors TO PUBLIC;
GRANT SELECT ON pg_catalog.sys_load_error_detail, pg_catalog.stl_load_errors, pg_catalog.stl_load_commits,
    pg_catalog.sys_load_history, pg_catalog.svv_tables, pg_catalog.svv_columns, pg_catalog.svv_all_tables,
    pg_catalog.svv_all_columns, pg_catalog.svv_redshift_tables, pg_catalog.svv_redshift_columns, pg_catalog.pg_table_def,
    pg_catalog.svv_table_info, pg_catalog.stv_recents TO PUBLIC;
