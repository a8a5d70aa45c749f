-- Which schemas, tables and columns there are. Keys' indexes and the server's own schema are not shown.

CREATE OR REPLACE VIEW redshift_catalog.relations AS
SELECT
    c.oid AS table_id,
    c.relnamespace AS schema_id,
    current_database()::varchar(128) AS database_name,
    n.nspname::varchar(128) AS schema_name,
    c.relname::varchar(128) AS table_name,
    CASE
        WHEN c.relkind IN ('v', 'm') THEN 'VIEW'
        WHEN c.relpersistence = 't' THEN 'LOCAL TEMPORARY'
        ELSE 'TABLE'
    END AS table_type,
    pg_get_userbyid(c.relowner)::varchar(128) AS owner,
    c.relacl::text AS acl,
    obj_description(c.oid, 'pg_class') AS remarks,
    s.attributes,
    c.relkind,
    c.relowner AS owner_id
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN redshift_catalog.table_storage AS s ON s.table_id = c.oid
WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname <> 'redshift_catalog' AND n.nspname NOT LIKE 'pg\\_toast%'
    AND (c.relpersistence <> 't' OR pg_table_is_visible(c.oid))
    AND (
        pg_has_role(c.relowner, 'USAGE')
        OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
    );

CREATE OR REPLACE VIEW redshift_catalog.relation_columns AS
SELECT
    r.table_id,
    r.database_name,
    r.schema_name,
    r.table_name,
    r.attributes,
    CASE WHEN r.table_type <> 'VIEW' THEN redshift_catalog.encoding(r.attributes, a.attname, a.atttypid) END AS encoding,
    a.attname::varchar(128) AS column_name,
    row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum)::integer AS ordinal_position,
    coalesce(pg_get_expr(d.adbin, d.adrelid), i.expression)::varchar(4000) AS column_default,
    CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END::varchar(3) AS is_nullable,
    a.attnotnull AS is_required,
    format_type(a.atttypid, NULL)::varchar(128) AS data_type,
    format_type(a.atttypid, a.atttypmod)::varchar(128) AS full_type,
    information_schema._pg_char_max_length(a.atttypid, a.atttypmod)::integer AS character_maximum_length,
    information_schema._pg_numeric_precision(a.atttypid, a.atttypmod)::integer AS numeric_precision,
    information_schema._pg_numeric_precision_radix(a.atttypid, a.atttypmod)::integer AS numeric_precision_radix,
    information_schema._pg_numeric_scale(a.atttypid, a.atttypmod)::integer AS numeric_scale,
    information_schema._pg_datetime_precision(a.atttypid, a.atttypmod)::integer AS datetime_precision,
    col_description(a.attrelid, a.attnum) AS remarks,
    a.attnum AS column_number,
    a.atttypid AS type_id,
    a.atttypmod AS type_modifier
FROM redshift_catalog.relations AS r
JOIN pg_attribute AS a ON a.attrelid = r.table_id AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN redshift_catalog.identities AS i ON i.table_id = a.attrelid AND i.column_number = a.attnum;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TABLES.html
CREATE OR REPLACE VIEW pg_catalog.svv_tables AS
SELECT
    database_name AS table_catalog,
    schema_name AS table_schema,
    table_name,
    CASE table_type WHEN 'TABLE' THEN 'BASE TABLE' ELSE table_type END::varchar(128) AS table_type,
    remarks::varchar(256) AS remarks
FROM redshift_catalog.relations;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ALL_TABLES.html
CREATE OR REPLACE VIEW pg_catalog.svv_all_tables AS
SELECT
    database_name,
    schema_name,
    table_name,
    acl::varchar(128) AS table_acl,
    table_type::varchar(128) AS table_type,
    remarks::varchar(128) AS remarks,
    owner
FROM redshift_catalog.relations;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_REDSHIFT_TABLES.html
CREATE OR REPLACE VIEW pg_catalog.svv_redshift_tables AS
SELECT
    database_name,
    schema_name,
    table_name,
    table_type::varchar(128) AS table_type,
    acl::varchar(128) AS table_acl,
    remarks::varchar(128) AS remarks,
    owner AS table_owner
FROM redshift_catalog.relations;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_COLUMNS.html
CREATE OR REPLACE VIEW pg_catalog.svv_columns AS
SELECT
    database_name AS table_catalog,
    schema_name AS table_schema,
    table_name,
    column_name,
    ordinal_position,
    column_default,
    is_nullable,
    data_type,
    character_maximum_length,
    numeric_precision,
    numeric_precision_radix,
    numeric_scale,
    datetime_precision,
    NULL::varchar(128) AS interval_type,
    NULL::varchar(128) AS interval_precision,
    NULL::varchar(128) AS character_set_catalog,
    NULL::varchar(128) AS character_set_schema,
    NULL::varchar(128) AS character_set_name,
    NULL::varchar(128) AS collation_catalog,
    NULL::varchar(128) AS collation_schema,
    NULL::varchar(128) AS collation_name,
    NULL::varchar(128) AS domain_name,
    remarks::varchar(256) AS remarks
FROM redshift_catalog.relation_columns;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ALL_COLUMNS.html
CREATE OR REPLACE VIEW pg_catalog.svv_all_columns AS
SELECT
    database_name,
    schema_name,
    table_name,
    column_name,
    ordinal_position,
    column_default,
    is_nullable,
    data_type,
    character_maximum_length,
    numeric_precision,
    numeric_scale,
    remarks::varchar(256) AS remarks
FROM redshift_catalog.relation_columns;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_REDSHIFT_COLUMNS.html
CREATE OR REPLACE VIEW pg_catalog.svv_redshift_columns AS
SELECT
    database_name,
    schema_name,
    table_name,
    column_name,
    ordinal_position,
    full_type AS data_type,
    column_default,
    is_nullable,
    encoding,
    attributes ->> 'dist_key' = column_name AS distkey,
    redshift_catalog.sort_position(attributes, column_name) AS sortkey,
    NULL::varchar(128) AS column_acl,
    remarks::varchar(256) AS remarks
FROM redshift_catalog.relation_columns;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ALL_SCHEMAS.html
CREATE OR REPLACE VIEW pg_catalog.svv_all_schemas AS
SELECT
    current_database()::varchar(128) AS database_name,
    n.nspname::varchar(128) AS schema_name,
    n.nspowner::integer AS schema_owner,
    'local'::varchar(128) AS schema_type,
    n.nspacl::varchar(128) AS schema_acl,
    NULL::varchar(128) AS source_database,
    NULL::varchar(128) AS schema_option
FROM pg_namespace AS n
WHERE n.nspname NOT LIKE 'pg\\_t%' AND n.nspname <> 'redshift_catalog';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_REDSHIFT_SCHEMAS.html
CREATE OR REPLACE VIEW pg_catalog.svv_redshift_schemas AS
SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, schema_option
FROM pg_catalog.svv_all_schemas;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_REDSHIFT_DATABASES.html
CREATE OR REPLACE VIEW pg_catalog.svv_redshift_databases AS
SELECT
    d.datname::varchar(128) AS database_name,
    d.datdba::integer AS database_owner,
    'local'::varchar(32) AS database_type,
    d.datacl::varchar(128) AS database_acl,
    NULL::varchar(128) AS database_options,
    'Snapshot Isolation'::varchar(128) AS database_isolation_level
FROM pg_database AS d
WHERE d.datallowconn AND NOT d.datistemplate AND d.datname <> 'postgres';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_TABLE_DEF.html: tables on the search_path only.
CREATE OR REPLACE VIEW pg_catalog.pg_table_def AS
SELECT
    c.schema_name::name AS schemaname,
    c.table_name::name AS tablename,
    c.column_name::name AS "column",
    c.full_type AS type,
    coalesce(c.encoding, 'none')::char(32) AS encoding,
    coalesce(c.attributes ->> 'dist_key' = c.column_name, false) AS distkey,
    redshift_catalog.sort_position(c.attributes, c.column_name) AS sortkey,
    c.is_required AS "notnull"
FROM redshift_catalog.relation_columns AS c
WHERE pg_table_is_visible(c.table_id) AND c.table_id NOT IN (SELECT v.view_id FROM redshift_catalog.late_bindings AS v);

-- A table's size on disk, up to a gigabyte, and beyond that what the last ANALYZE counted. PostgreSQL's own functions
-- wait for a table that another transaction changes.
CREATE OR REPLACE FUNCTION redshift_catalog.bytes_of(relation oid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
RETURN (
    SELECT greatest((pg_stat_file(pg_relation_filepath(relation), true)).size, c.relpages * 8192::bigint, 0)
    FROM pg_class AS c
    WHERE c.oid = relation
);

-- PostgreSQL's statistics lag behind, so rows are counted. Whoever may see the table in a view may know their number.
-- Of a table that another transaction holds, it is the number that is known: who reads the catalog does not wait.
CREATE OR REPLACE FUNCTION redshift_catalog.row_count(of_table oid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET lock_timeout = '10ms'
AS $$
DECLARE
    found bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s', of_table::regclass) INTO found;
    RETURN found;
EXCEPTION
    WHEN lock_not_available THEN
        RETURN (
            SELECT greatest(pg_stat_get_live_tuples(of_table), c.reltuples::bigint, 0)
            FROM pg_class AS c
            WHERE c.oid = of_table
        );
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.has_rows(of_table oid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET lock_timeout = '10ms'
AS $$
DECLARE
    found boolean;
BEGIN
    -- A plan may ask for a relation before it knows that it is a table: reading PostgreSQL's own views may fail.
    IF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = of_table AND c.relkind IN ('r', 'm')) THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', of_table::regclass) INTO found;
    RETURN found;
EXCEPTION
    WHEN lock_not_available THEN
        RETURN redshift_catalog.row_count(of_table) > 0;
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TABLE_INFO.html: tables without rows are not shown.
CREATE OR REPLACE VIEW pg_catalog.svv_table_info AS
SELECT
    r.database_name AS database,
    r.schema_name AS schema,
    r.table_id::integer AS table_id,
    r.table_name AS "table",
    CASE WHEN r.attributes -> 'encodings' IS NULL THEN 'Y, AUTO(ENCODE)' ELSE 'Y' END AS encoded,
    redshift_catalog.dist_style(r.attributes) AS diststyle,
    coalesce(
        CASE WHEN r.attributes ->> 'sort_style' = 'INTERLEAVED' THEN 'INTERLEAVED' END,
        r.attributes -> 'sort_key' ->> 0,
        'AUTO(SORTKEY)'
    ) AS sortkey1,
    w.max_varchar,
    CASE
        WHEN r.attributes -> 'sort_key' ->> 0 IS NOT NULL
            THEN coalesce(nullif(r.attributes -> 'encodings' ->> (r.attributes -> 'sort_key' ->> 0), 'raw'), 'none')
    END::char(32) AS sortkey1_enc,
    coalesce(json_array_length(r.attributes -> 'sort_key'), 0) AS sortkey_num,
    greatest(redshift_catalog.bytes_of(r.table_id) / 1048576, 1) AS size,
    0::numeric(10, 4) AS pct_used,
    0::bigint AS empty,
    0::numeric(5, 2) AS unsorted,
    0::numeric(5, 2) AS stats_off,
    redshift_catalog.row_count(r.table_id)::numeric(38, 0) AS tbl_rows,
    NULL::numeric(19, 2) AS skew_sortkey1,
    NULL::numeric(19, 2) AS skew_rows,
    redshift_catalog.row_count(r.table_id)::numeric(38, 0) AS estimated_visible_rows,
    NULL::text AS risk_event,
    0::numeric(12, 2) AS vacuum_sort_benefit,
    NULL::timestamp AS create_time
FROM redshift_catalog.relations AS r
JOIN LATERAL (
    SELECT
        coalesce((
            SELECT max(a.character_maximum_length)
            FROM redshift_catalog.relation_columns AS a
            WHERE a.table_id = r.table_id AND a.data_type = 'character varying'
        ), 0) AS max_varchar
    FROM pg_class AS c
    WHERE c.oid = r.table_id AND c.relkind IN ('r', 'm')
) AS w ON redshift_catalog.has_rows(r.table_id)
WHERE r.schema_name NOT IN ('pg_catalog', 'information_schema');

GRANT SELECT ON
    pg_catalog.svv_tables, pg_catalog.svv_all_tables, pg_catalog.svv_redshift_tables,
    pg_catalog.svv_columns, pg_catalog.svv_all_columns, pg_catalog.svv_redshift_columns,
    pg_catalog.svv_all_schemas, pg_catalog.svv_redshift_schemas, pg_catalog.svv_redshift_databases,
    pg_catalog.pg_table_def, pg_catalog.svv_table_info
TO PUBLIC;
