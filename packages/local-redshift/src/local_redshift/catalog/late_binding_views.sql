-- Views WITH NO SCHEMA BINDING: they may name tables that there are not (yet), and do not keep tables from being dropped:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
--
-- Such a view is a PostgreSQL view without its dependencies. Its definition is stored, and it is created again whenever a
-- table changes that it reads. As long as a table is missing, the view raises an error that names it.

CREATE TABLE IF NOT EXISTS redshift_catalog.late_binding_views (
    view_id oid PRIMARY KEY,
    definition text NOT NULL,
    columns text NOT NULL,
    search_path text NOT NULL,
    -- What it reads, and the columns of that; NULL as long as something is missing.
    reads oid[],
    looked text
);

CREATE OR REPLACE FUNCTION redshift_catalog.unbound(problem text) RETURNS integer
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '%', problem USING ERRCODE = 'undefined_table',
        HINT = 'The view is WITH NO SCHEMA BINDING: what it reads has to be there when it is used.';
END
$$;

-- What a view sees of relations: their names, and the names and types of their columns.
CREATE OR REPLACE FUNCTION redshift_catalog.looks(relations oid[]) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT md5(string_agg(concat_ws(' ', n.nspname, c.relname, a.attname, a.atttypid, a.atttypmod), ',' ORDER BY c.oid, a.attnum))
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.oid = ANY (relations)
$$;

-- Whether a text can only be one statement: nothing of it is a semicolon, a comment or a dollar quote outside of
-- its strings and quoted names. The superuser runs the stored text later; the planner writes it in this form.
CREATE OR REPLACE FUNCTION redshift_catalog.is_one_statement(sql text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN regexp_replace(sql, E'\'(?:[^\'\\\\]|\\\\.|\'\')*\'|"(?:[^"]|"")*"', '', 'g') !~ E'[;\'"]|--|/[*]|[$][^0-9]';

-- Store a view's definition, and delete its dependencies.
CREATE OR REPLACE FUNCTION redshift_catalog.keep_unbound(
    made_id oid, definition text, columns text, search_path text, is_complete boolean
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    found oid[];
BEGIN
    SELECT coalesce(array_agg(DISTINCT d.refobjid), '{}')
    INTO found
    FROM pg_depend AS d
    JOIN pg_rewrite AS r ON r.oid = d.objid AND r.ev_class = made_id
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> made_id;
    DELETE FROM pg_depend AS d
    USING pg_rewrite AS r
    WHERE r.ev_class = made_id AND d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> made_id;
    INSERT INTO redshift_catalog.late_binding_views
    VALUES (
        made_id, definition, columns, search_path, found,
        CASE WHEN is_complete THEN coalesce(redshift_catalog.looks(found), '') END
    );
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.unbind_view(
    view_id oid, definition text, columns text, search_path text, is_complete boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_class AS c
        WHERE c.oid = view_id AND c.relkind = 'v' AND pg_has_role(session_user, c.relowner, 'MEMBER')
    ) THEN
        RAISE EXCEPTION 'must be owner of the view' USING ERRCODE = 'insufficient_privilege';
    ELSIF NOT (redshift_catalog.is_one_statement(definition) AND redshift_catalog.is_one_statement(columns)) THEN
        RAISE EXCEPTION 'a view is made of one query' USING ERRCODE = 'syntax_error';
    END IF;
    PERFORM redshift_catalog.keep_unbound(view_id, definition, columns, search_path, is_complete);
END
$$;

-- Create the view, or one that raises an error; return whether it is complete.
CREATE OR REPLACE FUNCTION redshift_catalog.try_view(view_name text, definition text, columns text) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('CREATE VIEW %s%s AS %s', view_name, columns, definition);
    RETURN true;
EXCEPTION
    WHEN undefined_table OR undefined_column OR undefined_function OR datatype_mismatch THEN
        EXECUTE format('CREATE VIEW %s AS SELECT redshift_catalog.unbound(%L) AS unbound', view_name, SQLERRM);
        RETURN false;
    WHEN invalid_schema_name THEN
        IF to_regnamespace(split_part(view_name, '.', 1)) IS NULL AND strpos(view_name, '.') > 0 THEN
            RAISE;
        END IF;
        EXECUTE format('CREATE VIEW %s AS SELECT redshift_catalog.unbound(%L) AS unbound', view_name, SQLERRM);
        RETURN false;
END
$$;

CREATE OR REPLACE PROCEDURE redshift_catalog.create_late_binding_view(
    view_name text, is_replaced boolean, columns text, definition text
)
LANGUAGE plpgsql
AS $$
DECLARE
    is_complete boolean;
BEGIN
    PERFORM set_config('redshift.rebinding', 'on', true);
    IF is_replaced AND to_regclass(view_name) IS NOT NULL THEN
        EXECUTE format('DROP VIEW %s', view_name);
    END IF;
    is_complete := redshift_catalog.try_view(view_name, definition, columns);
    PERFORM redshift_catalog.unbind_view(
        view_name::regclass, definition, columns, current_setting('search_path'), is_complete
    );
    PERFORM set_config('redshift.rebinding', 'off', true);
END
$$;

-- Create one view again, with its owner and its grants.
CREATE OR REPLACE FUNCTION redshift_catalog.rebind_view(old redshift_catalog.late_binding_views) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    path CONSTANT text := current_setting('search_path');
    kept pg_class := (SELECT c FROM pg_class AS c WHERE c.oid = old.view_id);
    -- with its schema: search_path does not hold it
    view_name CONSTANT text := format('%I.%I', kept.relnamespace::regnamespace::text, kept.relname);
    is_complete boolean;
BEGIN
    PERFORM set_config('search_path', old.search_path, true);
    EXECUTE format('DROP VIEW %s', view_name);
    is_complete := redshift_catalog.try_view(view_name, old.definition, old.columns);
    EXECUTE format('ALTER VIEW %s OWNER TO %I', view_name, pg_get_userbyid(kept.relowner));
    UPDATE pg_class SET relacl = kept.relacl WHERE oid = view_name::regclass;
    PERFORM redshift_catalog.keep_unbound(
        view_name::regclass, old.definition, old.columns, old.search_path, is_complete
    );
    PERFORM set_config('search_path', path, true);
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.rebind_views() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    old redshift_catalog.late_binding_views;
BEGIN
    IF coalesce(current_setting('redshift.rebinding', true), '') = 'on'
        OR NOT EXISTS (SELECT FROM redshift_catalog.late_binding_views)
    THEN
        RETURN;
    END IF;
    PERFORM set_config('redshift.rebinding', 'on', true);
    DELETE FROM redshift_catalog.late_binding_views AS v WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = v.view_id);
    BEGIN
        -- What was missing may exist now; views that read a view that was created again are created again too.
        FOR round IN 1 .. 10 LOOP
            FOR old IN
                DELETE FROM redshift_catalog.late_binding_views AS v
                WHERE v.looked IS DISTINCT FROM coalesce(redshift_catalog.looks(v.reads), '')
                    AND (v.looked IS NOT NULL OR round = 1)
                RETURNING *
            LOOP
                PERFORM redshift_catalog.rebind_view(old);
            END LOOP;
            EXIT WHEN NOT FOUND;
        END LOOP;
    EXCEPTION
        WHEN serialization_failure THEN
            NULL; -- another session is creating them again
    END;
    PERFORM set_config('redshift.rebinding', 'off', true);
END
$$;

DROP EVENT TRIGGER IF EXISTS redshift_late_binding;

CREATE EVENT TRIGGER redshift_late_binding ON ddl_command_end
WHEN TAG IN (
    'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE', 'DROP TABLE', 'CREATE VIEW', 'ALTER VIEW', 'DROP VIEW',
    'CREATE SCHEMA', 'ALTER SCHEMA', 'DROP SCHEMA', 'CREATE MATERIALIZED VIEW', 'DROP MATERIALIZED VIEW', 'CREATE FUNCTION'
)
EXECUTE FUNCTION redshift_catalog.rebind_views();

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_GET_LATE_BINDING_VIEW_COLS.html
DROP FUNCTION IF EXISTS pg_catalog.pg_get_late_binding_view_cols();

CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)::varchar, a.attnum::integer
    FROM redshift_catalog.late_binding_views AS v
    JOIN pg_class AS c ON c.oid = v.view_id
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE v.looked IS NOT NULL
$$;
