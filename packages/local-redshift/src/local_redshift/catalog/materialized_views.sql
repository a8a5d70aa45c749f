-- What there is to know of materialized views. That they are views too, PG_VIEWS and INFORMATION_SCHEMA tell.

-- Whether a view is stale is not known: "t" makes whoever refreshes the stale ones refresh it. All are recomputed as a
-- whole, which is state 0. https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_INFO.html
CREATE OR REPLACE VIEW pg_catalog.svv_mv_info AS
SELECT
    current_database()::char(128) AS database_name,
    n.nspname::char(128) AS schema_name,
    pg_get_userbyid(c.relowner)::char(128) AS user_name,
    c.relname::char(128) AS name,
    't'::char(1) AS is_stale,
    0 AS state,
    'f'::char(1) AS autorefresh,
    'f'::char(1) AS autorewrite
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND pg_has_role(c.relowner, 'USAGE');

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_MV_INFO.html
CREATE OR REPLACE VIEW pg_catalog.stv_mv_info AS
SELECT
    database_name AS db_name, schema_name AS schema, name, 0::bigint AS updated_upto_xid, is_stale,
    user_name AS owner_user_name, state, autorewrite, autorefresh
FROM pg_catalog.svv_mv_info;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_DEPENDENCY.html
CREATE OR REPLACE VIEW pg_catalog.svv_mv_dependency AS
SELECT DISTINCT
    current_database()::char(128) AS database_name,
    n.nspname::char(128) AS schema_name,
    c.relname::char(128) AS name,
    current_database()::char(128) AS dependent_database_name,
    m.nspname::char(128) AS dependent_schema_name,
    b.relname::char(128) AS dependent_name
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = c.oid
JOIN pg_catalog.pg_depend AS d
    ON d.objid = r.oid AND d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
JOIN pg_catalog.pg_class AS b ON b.oid = d.refobjid AND b.relkind = 'm' AND b.oid <> c.oid
JOIN pg_catalog.pg_namespace AS m ON m.oid = b.relnamespace
WHERE c.relkind = 'm' AND pg_has_role(c.relowner, 'USAGE');

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_MV_DEPS.html
CREATE OR REPLACE VIEW pg_catalog.stv_mv_deps AS
SELECT
    database_name AS db_name, schema_name AS schema, name, dependent_schema_name AS ref_schema, dependent_name AS ref_name
FROM pg_catalog.svv_mv_dependency;

-- From the log of statements: a name without its schema is that of a view that is still there.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_MV_REFRESH_STATUS.html
CREATE OR REPLACE VIEW pg_catalog.svl_mv_refresh_status AS
SELECT
    q.database_name::char(128) AS db_name,
    q.user_id::bigint AS userid,
    coalesce(t.name[cardinality(t.name) - 1], v.nspname::text)::char(128) AS schema,
    t.name[cardinality(t.name)]::char(128) AS name,
    q.transaction_id AS xid,
    q.start_time AS starttime,
    q.end_time AS endtime,
    CASE q.status
        WHEN 'success' THEN 'Refresh successfully recomputed MV from scratch'
        ELSE 'Refresh failed. ' || coalesce(q.error_message, '')
    END AS status
FROM redshift_catalog.queries AS q
CROSS JOIN LATERAL regexp_match(
    q.query_text, '^[[:space:]]*refresh[[:space:]]+materialized[[:space:]]+view[[:space:]]+([^;]+?)[[:space:]]*;?$', 'i'
) AS m (found)
CROSS JOIN LATERAL string_to_array(lower(replace(m.found[1], '"', '')), '.') AS t (name)
LEFT JOIN LATERAL (
    SELECT n.nspname
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relname = t.name[cardinality(t.name)] AND c.relkind = 'm'
    ORDER BY pg_table_is_visible(c.oid) DESC
    LIMIT 1
) AS v ON true
WHERE m.found IS NOT NULL;

GRANT SELECT ON
    pg_catalog.svv_mv_info, pg_catalog.stv_mv_info, pg_catalog.svv_mv_dependency, pg_catalog.stv_mv_deps,
    pg_catalog.svl_mv_refresh_status
TO PUBLIC;
