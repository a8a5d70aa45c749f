-- PostgreSQL's own views of the catalog without what this server makes for itself (statements/queries/catalog_names.py), and with
-- late-binding views shown as Redshift shows them: by the whole statement.

CREATE OR REPLACE FUNCTION redshift_catalog.late_binding_ddl(of_view oid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT format('CREATE VIEW %s%s AS %s WITH NO SCHEMA BINDING', v.view_id::regclass, v.columns, v.definition)
    FROM redshift_catalog.late_binding_views AS v
    WHERE v.view_id = of_view
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_viewdef(of_view oid, pretty boolean DEFAULT false) RETURNS text
LANGUAGE sql STABLE
RETURN coalesce(redshift_catalog.late_binding_ddl(of_view), redshift_catalog.written_query(pg_catalog.pg_get_viewdef(of_view, pretty)));

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_viewdef(of_view text, pretty boolean DEFAULT false) RETURNS text
LANGUAGE sql STABLE
RETURN coalesce(redshift_catalog.late_binding_ddl(of_view::regclass), redshift_catalog.written_query(pg_catalog.pg_get_viewdef(of_view, pretty)));

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_viewdef(of_view oid, columns integer) RETURNS text
LANGUAGE sql STABLE
RETURN coalesce(redshift_catalog.late_binding_ddl(of_view), redshift_catalog.written_query(pg_catalog.pg_get_viewdef(of_view, columns)));

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_VIEW.html
CREATE OR REPLACE FUNCTION redshift_catalog.view_ddl(of_view regclass) RETURNS text
LANGUAGE sql STABLE
RETURN redshift_catalog.pg_get_viewdef(of_view::oid, true);

CREATE OR REPLACE VIEW redshift_catalog.pg_views AS
SELECT
    v.schemaname, v.viewname, v.viewowner,
    coalesce(
        redshift_catalog.late_binding_ddl(to_regclass(format('%I.%I', v.schemaname, v.viewname))),
        redshift_catalog.written_query(v.definition)
    ) AS definition
FROM pg_catalog.pg_views AS v
WHERE v.schemaname <> 'redshift_catalog';

CREATE OR REPLACE VIEW redshift_catalog.pg_tables AS
SELECT
    t.schemaname, t.tablename, t.tableowner, t.tablespace, t.hasindexes, t.hasrules, t.hastriggers, t.rowsecurity
FROM pg_catalog.pg_tables AS t
WHERE t.schemaname <> 'redshift_catalog';

-- The administrator, who may create users, is a superuser on Redshift.
CREATE OR REPLACE VIEW redshift_catalog.pg_user AS
SELECT
    u.usename, u.usesysid, u.usecreatedb, r.rolcreaterole OR r.rolsuper AS usesuper, r.rolsuper AS usecatupd, u.passwd,
    u.valuntil, u.useconfig
FROM pg_catalog.pg_user AS u
JOIN pg_catalog.pg_roles AS r ON r.oid = u.usesysid;

CREATE OR REPLACE VIEW redshift_catalog.schemata AS
SELECT * FROM information_schema.schemata WHERE schema_name <> 'redshift_catalog';

CREATE OR REPLACE VIEW redshift_catalog.tables AS
SELECT * FROM information_schema.tables WHERE table_schema <> 'redshift_catalog';

CREATE OR REPLACE VIEW redshift_catalog.columns AS
SELECT * FROM information_schema.columns WHERE table_schema <> 'redshift_catalog';

CREATE OR REPLACE VIEW redshift_catalog.views AS
SELECT
    table_catalog, table_schema, table_name,
    redshift_catalog.written_query(view_definition)::information_schema.character_data AS view_definition, check_option,
    is_updatable, is_insertable_into, is_trigger_updatable, is_trigger_deletable, is_trigger_insertable_into
FROM information_schema.views
WHERE table_schema <> 'redshift_catalog';

GRANT SELECT ON
    redshift_catalog.pg_views, redshift_catalog.pg_tables, redshift_catalog.pg_user, redshift_catalog.schemata,
    redshift_catalog.tables, redshift_catalog.columns, redshift_catalog.views
TO PUBLIC;
