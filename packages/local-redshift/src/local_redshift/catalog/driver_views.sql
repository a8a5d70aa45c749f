-- What else drivers ask for: external tables, of which there are none, and functions in Redshift's form.

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_SCHEMAS.html
CREATE OR REPLACE VIEW pg_catalog.svv_external_schemas AS
SELECT
    NULL::oid AS esoid,
    NULL::smallint AS eskind,
    NULL::text AS schemaname,
    NULL::integer AS esowner,
    NULL::text AS databasename,
    NULL::text AS esoptions
WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_TABLES.html
CREATE OR REPLACE VIEW pg_catalog.svv_external_tables AS
SELECT
    NULL::text AS redshift_database_name,
    NULL::text AS schemaname,
    NULL::text AS tablename,
    NULL::text AS tabletype,
    NULL::text AS location,
    NULL::text AS input_format,
    NULL::text AS output_format,
    NULL::text AS serialization_lib,
    NULL::text AS serde_parameters,
    NULL::integer AS compressed,
    NULL::text AS parameters
WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_COLUMNS.html
CREATE OR REPLACE VIEW pg_catalog.svv_external_columns AS
SELECT
    NULL::text AS redshift_database_name,
    NULL::text AS schemaname,
    NULL::text AS tablename,
    NULL::text AS columnname,
    NULL::text AS external_type,
    NULL::integer AS columnnum,
    NULL::integer AS part_key,
    NULL::text AS is_nullable
WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_PROC_INFO.html
CREATE OR REPLACE VIEW pg_catalog.pg_proc_info AS
SELECT
    p.oid AS prooid,
    p.proname,
    p.pronamespace,
    p.proowner,
    p.prolang,
    p.prokind = 'a' AS proisagg,
    p.prosecdef,
    p.proisstrict,
    p.proretset,
    p.provolatile,
    p.pronargs,
    p.prorettype,
    p.proargtypes,
    p.proargnames,
    p.proargmodes,
    p.proallargtypes,
    p.prosrc,
    p.prokind
FROM pg_catalog.pg_proc AS p;

GRANT SELECT ON
    pg_catalog.svv_external_schemas, pg_catalog.svv_external_tables, pg_catalog.svv_external_columns,
    pg_catalog.pg_proc_info
TO PUBLIC;
