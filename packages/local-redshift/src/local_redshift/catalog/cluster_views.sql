-- Views of a cluster's parts, of which this server has one each, and of what this server does not do: no rows.

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_SLICES.html
CREATE OR REPLACE VIEW pg_catalog.stv_slices AS
SELECT 0 AS node, 0 AS slice, 0 AS localslice, 'D'::char(1) AS type;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_TBL_PERM.html
CREATE OR REPLACE VIEW pg_catalog.stv_tbl_perm AS
SELECT
    0 AS slice,
    r.table_id::integer AS id,
    r.table_name::char(72) AS name,
    greatest(pg_stat_get_live_tuples(r.table_id), c.reltuples::bigint, 0) AS rows,
    greatest(pg_stat_get_live_tuples(r.table_id), c.reltuples::bigint, 0) AS sorted_rows,
    (r.table_type = 'LOCAL TEMPORARY')::integer AS temp,
    d.oid::integer AS db_id,
    0 AS insert_pristine,
    0 AS delete_pristine,
    1 AS backup
FROM redshift_catalog.relations AS r
JOIN pg_class AS c ON c.oid = r.table_id AND c.relkind = 'r'
JOIN pg_database AS d ON d.datname = current_database()
WHERE r.schema_name NOT IN ('pg_catalog', 'information_schema');

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_LOCKS.html
CREATE OR REPLACE VIEW pg_catalog.stv_locks AS
SELECT
    l.relation::integer AS table_id,
    a.state_change::timestamp AS last_update,
    coalesce(a.backend_xid::text::bigint, 0) AS last_commit,
    l.pid::bigint AS lock_owner_pid,
    CASE WHEN l.granted THEN 'Holding write lock' ELSE 'Waiting for write lock' END::char(22) AS lock_status,
    a.xact_start::timestamp AS lock_owner_start_ts,
    NULL::timestamp AS lock_owner_end_ts,
    l.pid AS lock_owner
FROM pg_locks AS l
JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.mode IN ('RowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock');

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_WLM_QUERY.html
CREATE OR REPLACE VIEW pg_catalog.stl_wlm_query AS
SELECT
    userid, xid, 0 AS task, query, 100 AS service_class, 1 AS slot_count, starttime AS service_class_start_time,
    starttime AS queue_start_time, starttime AS queue_end_time, 0::bigint AS total_queue_time,
    starttime AS exec_start_time, endtime AS exec_end_time, elapsed AS total_exec_time,
    endtime AS service_class_end_time, 'Completed'::char(16) AS final_state, 0::bigint AS est_peak_mem,
    'Normal'::char(20) AS query_priority, 'Default queue'::char(64) AS service_class_name
FROM pg_catalog.svl_qlog;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_WLM_QUERY_STATE.html
CREATE OR REPLACE VIEW pg_catalog.stv_wlm_query_state AS
SELECT
    xid, 0 AS task, query, 100 AS service_class, 1 AS slot_count, starttime AS wlm_start_time,
    'Running'::char(16) AS state, 0::bigint AS queue_time,
    (extract(epoch FROM clock_timestamp() - starttime) * 1000000)::bigint AS exec_time,
    'Normal'::char(20) AS query_priority
FROM pg_catalog.stv_inflight;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_QUERY_INFLIGHT.html
CREATE OR REPLACE VIEW pg_catalog.svv_query_inflight AS
SELECT userid, slice, query, pid, starttime, suspended, text, 0 AS sequence
FROM pg_catalog.stv_inflight;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_DATASHARES.html
CREATE OR REPLACE VIEW pg_catalog.svv_datashares AS
SELECT
    NULL::varchar(128) AS share_name, NULL::integer AS share_id, NULL::integer AS share_owner,
    NULL::varchar(128) AS source_database, NULL::varchar(128) AS consumer_database, NULL::varchar(8) AS share_type,
    NULL::timestamp AS createdate, NULL::boolean AS is_publicaccessible, NULL::varchar(4000) AS share_acl,
    NULL::varchar(16) AS producer_account, NULL::varchar(64) AS producer_namespace,
    NULL::varchar(64) AS managed_by
WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_DATABASES.html
CREATE OR REPLACE VIEW pg_catalog.svv_external_databases AS
SELECT NULL::integer AS eskind, NULL::text AS esoptions, NULL::text AS databasename, NULL::text AS location,
    NULL::text AS parameters
WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_PARTITIONS.html
CREATE OR REPLACE VIEW pg_catalog.svv_external_partitions AS
SELECT
    NULL::text AS schemaname, NULL::text AS tablename, NULL::text AS "values", NULL::text AS location,
    NULL::text AS input_format, NULL::text AS output_format, NULL::text AS serialization_lib,
    NULL::text AS serde_parameters, NULL::integer AS compressed, NULL::text AS parameters
WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ALTER_TABLE_RECOMMENDATIONS.html
CREATE OR REPLACE VIEW pg_catalog.svv_alter_table_recommendations AS
SELECT
    NULL::text AS type, NULL::text AS database, NULL::integer AS table_id, NULL::integer AS group_id,
    NULL::text AS ddl, NULL::text AS auto_eligible
WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_LIBRARY.html
CREATE OR REPLACE VIEW pg_catalog.pg_library AS
SELECT NULL::name AS name, NULL::oid AS language_oid, NULL::integer AS file_store_id, NULL::integer AS owner
WHERE false;

-- External schemas, which tools join by their number.
CREATE OR REPLACE VIEW pg_catalog.pg_external_schema AS
SELECT NULL::oid AS esoid, NULL::smallint AS eskind, NULL::text AS esdbname, NULL::text AS esoptions
WHERE false;

GRANT SELECT ON
    pg_catalog.stv_slices, pg_catalog.stv_tbl_perm, pg_catalog.stv_locks, pg_catalog.stl_wlm_query,
    pg_catalog.stv_wlm_query_state, pg_catalog.svv_query_inflight,
    pg_catalog.svv_datashares, pg_catalog.svv_external_databases, pg_catalog.svv_external_partitions,
    pg_catalog.svv_alter_table_recommendations, pg_catalog.pg_library, pg_catalog.pg_external_schema
TO PUBLIC;
