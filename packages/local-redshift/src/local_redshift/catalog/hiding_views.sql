-- PostgreSQL's own views of the catalog without what this server makes for itself (statements/queries/catalog_names.py), and with
-- late-binding views shown as Redshift shows them: by the whole statement.

CREATE OR REPLACE FUNCTION redshift_catalog.late_binding_ddl(of_view oid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT format('CREATE VIEW %s%s AS %s WITH NO SCHEMA BINDING', v.view_id::regclass, v.columns, v.definition)
    FROM redshift_catalog.late_bindings AS v
    WHERE v.view_id = of_view
$$;

-- A materialized view is shown by the statement that made it.
CREATE OR REPLACE FUNCTION redshift_catalog.materialized_ddl(of_view oid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT s.attributes ->> 'statement'
    FROM redshift_catalog.table_storage AS s
    JOIN pg_class AS c ON c.oid = s.table_id AND c.relkind = 'm'
    WHERE s.table_id = of_view
$$;

-- The definition of a view; NULL while another transaction holds the view or a table that it reads: PostgreSQL would
-- wait for that transaction's end, and who lists views does not wait on Redshift.
CREATE OR REPLACE FUNCTION redshift_catalog.view_definition(of_view oid, pretty boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql STABLE SET lock_timeout = '10ms'
AS $$
BEGIN
    RETURN coalesce(
        redshift_catalog.written_operators(redshift_catalog.late_binding_ddl(of_view)),
        redshift_catalog.materialized_ddl(of_view),
        redshift_catalog.written_query(pg_catalog.pg_get_viewdef(of_view, pretty))
    );
EXCEPTION
    WHEN lock_not_available THEN
        RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_viewdef(of_view oid, pretty boolean DEFAULT false) RETURNS text
LANGUAGE sql STABLE
RETURN redshift_catalog.view_definition(of_view, pretty);

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_viewdef(of_view text, pretty boolean DEFAULT false) RETURNS text
LANGUAGE sql STABLE
RETURN redshift_catalog.view_definition(of_view::regclass, pretty);

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_viewdef(of_view oid, columns integer) RETURNS text
LANGUAGE sql STABLE
RETURN redshift_catalog.view_definition(of_view, true);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_VIEW.html
CREATE OR REPLACE FUNCTION redshift_catalog.view_ddl(of_view regclass) RETURNS text
LANGUAGE sql STABLE
RETURN redshift_catalog.pg_get_viewdef(of_view::oid, true);

-- Materialized views are views: dbt-redshift tells them by their definitions.
CREATE OR REPLACE VIEW redshift_catalog.pg_views AS
SELECT
    n.nspname AS schemaname, c.relname AS viewname, pg_get_userbyid(c.relowner) AS viewowner,
    redshift_catalog.view_definition(c.oid) AS definition
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname <> 'redshift_catalog';

CREATE OR REPLACE VIEW redshift_catalog.pg_tables AS
SELECT
    t.schemaname, t.tablename, t.tableowner, t.tablespace,
    EXISTS (
        SELECT
        FROM redshift_catalog.keys AS k
        JOIN pg_catalog.pg_class AS c ON c.oid = k.table_id
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = t.schemaname AND c.relname = t.tablename AND k.key_type IN ('p', 'u')
    ) AS hasindexes,
    t.hasrules, t.hastriggers, t.rowsecurity
FROM pg_catalog.pg_tables AS t
WHERE t.schemaname <> 'redshift_catalog';

-- The indexes are those of keys, as in PG_INDEX.
CREATE OR REPLACE VIEW redshift_catalog.pg_indexes AS
SELECT
    n.nspname AS schemaname, c.relname AS tablename, k.key_name AS indexname, NULL::name AS tablespace,
    redshift_catalog.pg_get_indexdef(k.key_id) AS indexdef
FROM redshift_catalog.keys AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.table_id
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.key_type IN ('p', 'u');

-- The administrator, who may create users, is a superuser on Redshift.
CREATE OR REPLACE VIEW redshift_catalog.pg_user AS
SELECT
    u.usename, u.usesysid, u.usecreatedb, r.rolcreaterole OR r.rolsuper AS usesuper, r.rolsuper AS usecatupd, u.passwd,
    u.valuntil, u.useconfig
FROM pg_catalog.pg_user AS u
JOIN pg_catalog.pg_roles AS r ON r.oid = u.usesysid;

CREATE OR REPLACE VIEW redshift_catalog.schemata AS
SELECT * FROM information_schema.schemata WHERE schema_name <> 'redshift_catalog';

-- Those of the SQL standard, without PostgreSQL's answers to what can be updated: for these it waits for whoever changes
-- the relation.
CREATE OR REPLACE VIEW redshift_catalog.tables AS
SELECT
    r.database_name::information_schema.sql_identifier AS table_catalog,
    r.schema_name::information_schema.sql_identifier AS table_schema,
    r.table_name::information_schema.sql_identifier AS table_name,
    (CASE r.table_type WHEN 'TABLE' THEN 'BASE TABLE' ELSE r.table_type END)::information_schema.character_data
        AS table_type,
    NULL::information_schema.sql_identifier AS self_referencing_column_name,
    NULL::information_schema.character_data AS reference_generation,
    NULL::information_schema.sql_identifier AS user_defined_type_catalog,
    NULL::information_schema.sql_identifier AS user_defined_type_schema,
    NULL::information_schema.sql_identifier AS user_defined_type_name,
    (CASE r.table_type WHEN 'VIEW' THEN 'NO' ELSE 'YES' END)::information_schema.yes_or_no AS is_insertable_into,
    'NO'::information_schema.yes_or_no AS is_typed,
    NULL::information_schema.character_data AS commit_action
FROM redshift_catalog.relations AS r;

-- Columns of late-binding views are in SVV_COLUMNS and PG_GET_LATE_BINDING_VIEW_COLS.
CREATE OR REPLACE VIEW redshift_catalog.columns AS
SELECT
    c.database_name::information_schema.sql_identifier AS table_catalog,
    c.schema_name::information_schema.sql_identifier AS table_schema,
    c.table_name::information_schema.sql_identifier AS table_name,
    c.column_name::information_schema.sql_identifier AS column_name,
    c.ordinal_position::information_schema.cardinal_number AS ordinal_position,
    c.column_default::information_schema.character_data AS column_default,
    c.is_nullable::information_schema.yes_or_no AS is_nullable,
    c.data_type::information_schema.character_data AS data_type,
    c.character_maximum_length::information_schema.cardinal_number AS character_maximum_length,
    information_schema._pg_char_octet_length(c.type_id, c.type_modifier)::information_schema.cardinal_number
        AS character_octet_length,
    c.numeric_precision::information_schema.cardinal_number AS numeric_precision,
    c.numeric_precision_radix::information_schema.cardinal_number AS numeric_precision_radix,
    c.numeric_scale::information_schema.cardinal_number AS numeric_scale,
    c.datetime_precision::information_schema.cardinal_number AS datetime_precision,
    NULL::information_schema.character_data AS interval_type,
    NULL::information_schema.cardinal_number AS interval_precision,
    NULL::information_schema.sql_identifier AS character_set_catalog,
    NULL::information_schema.sql_identifier AS character_set_schema,
    NULL::information_schema.sql_identifier AS character_set_name,
    NULL::information_schema.sql_identifier AS collation_catalog,
    NULL::information_schema.sql_identifier AS collation_schema,
    NULL::information_schema.sql_identifier AS collation_name,
    NULL::information_schema.sql_identifier AS domain_catalog,
    NULL::information_schema.sql_identifier AS domain_schema,
    NULL::information_schema.sql_identifier AS domain_name,
    c.database_name::information_schema.sql_identifier AS udt_catalog,
    n.nspname::information_schema.sql_identifier AS udt_schema,
    t.typname::information_schema.sql_identifier AS udt_name,
    NULL::information_schema.sql_identifier AS scope_catalog,
    NULL::information_schema.sql_identifier AS scope_schema,
    NULL::information_schema.sql_identifier AS scope_name,
    NULL::information_schema.cardinal_number AS maximum_cardinality,
    c.column_number::information_schema.sql_identifier AS dtd_identifier,
    'NO'::information_schema.yes_or_no AS is_self_referencing,
    (CASE WHEN a.attidentity <> '' THEN 'YES' ELSE 'NO' END)::information_schema.yes_or_no AS is_identity,
    (CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END)::information_schema.character_data
        AS identity_generation,
    NULL::information_schema.character_data AS identity_start,
    NULL::information_schema.character_data AS identity_increment,
    NULL::information_schema.character_data AS identity_maximum,
    NULL::information_schema.character_data AS identity_minimum,
    'NO'::information_schema.yes_or_no AS identity_cycle,
    'NEVER'::information_schema.character_data AS is_generated,
    NULL::information_schema.character_data AS generation_expression,
    'YES'::information_schema.yes_or_no AS is_updatable
FROM redshift_catalog.relation_columns AS c
JOIN pg_catalog.pg_type AS t ON t.oid = c.type_id
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.table_id AND a.attnum = c.column_number
WHERE c.table_id NOT IN (SELECT v.view_id FROM redshift_catalog.late_bindings AS v);

CREATE OR REPLACE VIEW redshift_catalog.views AS
SELECT
    r.database_name::information_schema.sql_identifier AS table_catalog,
    r.schema_name::information_schema.sql_identifier AS table_schema,
    r.table_name::information_schema.sql_identifier AS table_name,
    (CASE WHEN pg_has_role(r.owner_id, 'USAGE') THEN redshift_catalog.view_definition(r.table_id) END)
        ::information_schema.character_data AS view_definition,
    'NONE'::information_schema.character_data AS check_option,
    'NO'::information_schema.yes_or_no AS is_updatable,
    'NO'::information_schema.yes_or_no AS is_insertable_into,
    'NO'::information_schema.yes_or_no AS is_trigger_updatable,
    'NO'::information_schema.yes_or_no AS is_trigger_deletable,
    'NO'::information_schema.yes_or_no AS is_trigger_insertable_into
FROM redshift_catalog.relations AS r
WHERE r.table_type = 'VIEW';

GRANT SELECT ON
    redshift_catalog.pg_views, redshift_catalog.pg_tables, redshift_catalog.pg_indexes, redshift_catalog.pg_user, redshift_catalog.schemata,
    redshift_catalog.tables, redshift_catalog.columns, redshift_catalog.views
TO PUBLIC;
