-- What clients ran. The server writes it to a file in the data folder (history/queries.py says why).

CREATE OR REPLACE FUNCTION redshift_catalog.read_queries() RETURNS TABLE (
    query_id bigint, user_name text, pid integer, database_name text, label text, query_type text, query_text text,
    start_time timestamp, end_time timestamp, row_count bigint, status text, error_message text
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog
AS $$
    SELECT q.*
    FROM string_to_table(
        concat(pg_read_file('redshift_queries.older.jsonl', true), pg_read_file('redshift_queries.jsonl', true)), E'\n'
    ) AS l (line)
    CROSS JOIN json_to_record(CASE WHEN l.line IS JSON OBJECT THEN l.line::json ELSE '{}' END) AS q (
        query_id bigint, user_name text, pid integer, database_name text, label text, query_type text, query_text text,
        start_time timestamp, end_time timestamp, row_count bigint, status text, error_message text
    )
    WHERE q.query_id IS NOT NULL
$$;

CREATE OR REPLACE VIEW redshift_catalog.queries AS
SELECT
    r.oid::integer AS user_id,
    q.query_id,
    q.query_id AS transaction_id,
    q.pid,
    q.database_name,
    q.label,
    q.query_type,
    q.query_text,
    q.start_time,
    q.end_time,
    (extract(epoch FROM q.end_time - q.start_time) * 1000000)::bigint AS elapsed,
    q.row_count,
    q.status,
    q.error_message,
    CASE
        WHEN q.query_type = 'DDL' THEN 'DDL'
        WHEN q.query_type = 'UTILITY' THEN 'UTILITY'
        ELSE 'QUERY'
    END AS statement_type
FROM redshift_catalog.read_queries() AS q
LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = q.user_name
WHERE redshift_catalog.sees(r.oid::integer);

-- The texts in parts of 200 characters.
CREATE OR REPLACE VIEW redshift_catalog.query_pieces AS
SELECT q.*, s.sequence, substr(q.query_text, s.sequence * 200 + 1, 200)::char(200) AS piece
FROM redshift_catalog.queries AS q
CROSS JOIN generate_series(0, greatest(length(q.query_text) - 1, 0) / 200) AS s (sequence);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_HISTORY.html
CREATE OR REPLACE VIEW pg_catalog.sys_query_history AS
SELECT
    user_id,
    query_id,
    label::char(320) AS query_label,
    transaction_id,
    pid AS session_id,
    database_name::char(128) AS database_name,
    query_type::char(32) AS query_type,
    status::char(10) AS status,
    false AS result_cache_hit,
    start_time,
    end_time,
    elapsed AS elapsed_time,
    0::bigint AS queue_time,
    elapsed AS execution_time,
    error_message::char(512) AS error_message,
    row_count AS returned_rows,
    0::bigint AS returned_bytes,
    query_text::char(4000) AS query_text,
    'Redshift 1.0.100000'::char(256) AS redshift_version,
    NULL::char(150) AS usage_limit,
    'primary'::varchar(32) AS compute_type,
    0::bigint AS compile_time,
    0::bigint AS planning_time,
    0::bigint AS lock_wait_time,
    100 AS service_class_id,
    'Default queue'::char(64) AS service_class_name,
    'Normal'::char(20) AS query_priority,
    'false'::char(10) AS short_query_accelerated,
    md5(query_text)::char(40) AS user_query_hash,
    md5(query_text)::char(40) AS generic_query_hash,
    1 AS query_hash_version,
    NULL::bigint AS result_cache_query_id
FROM redshift_catalog.queries;

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_TEXT.html
CREATE OR REPLACE VIEW pg_catalog.sys_query_text AS
SELECT user_id, query_id, transaction_id, pid AS session_id, start_time, sequence, piece AS text
FROM redshift_catalog.query_pieces;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_QUERY.html: not of DDL, nor of what runs only on the leader.
CREATE OR REPLACE VIEW pg_catalog.stl_query AS
SELECT
    user_id AS userid,
    query_id::integer AS query,
    label::char(320) AS label,
    transaction_id AS xid,
    pid,
    database_name::char(32) AS database,
    query_text::char(4000) AS querytxt,
    start_time AS starttime,
    end_time AS endtime,
    (status <> 'success')::integer AS aborted,
    0 AS insert_pristine,
    0 AS concurrency_scaling_status
FROM redshift_catalog.queries
WHERE statement_type = 'QUERY';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_QUERYTEXT.html
CREATE OR REPLACE VIEW pg_catalog.stl_querytext AS
SELECT
    user_id AS userid, transaction_id AS xid, pid, query_id::integer AS query, sequence, piece AS text
FROM redshift_catalog.query_pieces
WHERE statement_type = 'QUERY';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_DDLTEXT.html
CREATE OR REPLACE VIEW pg_catalog.stl_ddltext AS
SELECT
    user_id AS userid, transaction_id AS xid, pid, label::char(320) AS label, start_time AS starttime,
    end_time AS endtime, sequence, piece AS text
FROM redshift_catalog.query_pieces
WHERE statement_type = 'DDL';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_UTILITYTEXT.html
CREATE OR REPLACE VIEW pg_catalog.stl_utilitytext AS
SELECT
    user_id AS userid, transaction_id AS xid, pid, label::char(320) AS label, start_time AS starttime,
    end_time AS endtime, sequence, piece AS text
FROM redshift_catalog.query_pieces
WHERE statement_type = 'UTILITY';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_STATEMENTTEXT.html
CREATE OR REPLACE VIEW pg_catalog.svl_statementtext AS
SELECT
    user_id AS userid, transaction_id AS xid, pid, label::char(320) AS label, start_time AS starttime,
    end_time AS endtime, sequence, statement_type::varchar(10) AS type, piece AS text
FROM redshift_catalog.query_pieces;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_QLOG.html
CREATE OR REPLACE VIEW pg_catalog.svl_qlog AS
SELECT
    user_id AS userid,
    query_id::integer AS query,
    transaction_id AS xid,
    pid,
    start_time AS starttime,
    end_time AS endtime,
    elapsed,
    (status <> 'success')::integer AS aborted,
    label::char(320) AS label,
    substr(query_text, 1, 60)::char(60) AS substring,
    NULL::integer AS source_query,
    '0'::text AS concurrency_scaling_status_txt,
    NULL::integer AS from_sp_call
FROM redshift_catalog.queries
WHERE statement_type = 'QUERY';

GRANT SELECT ON
    pg_catalog.sys_query_history, pg_catalog.sys_query_text, pg_catalog.stl_query, pg_catalog.stl_querytext,
    pg_catalog.stl_ddltext, pg_catalog.stl_utilitytext, pg_catalog.svl_statementtext, pg_catalog.svl_qlog
TO PUBLIC;
