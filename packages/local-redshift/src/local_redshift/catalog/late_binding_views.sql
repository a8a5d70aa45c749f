-- Views WITH NO SCHEMA BINDING: what they read is looked up when they are read, and may come and go:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
--
-- Such a view selects from a function in SQL, whose text is the view's query. PostgreSQL parses that text whenever it
-- plans a statement that reads the view, in the reader's own session, and plans it as a subquery. So the view depends on
-- no table, no statement about a table touches it, and each session sees it by what that session sees of the tables.
--
-- Only the names and types of the columns are the view's own, and the form that the query takes for the types of its
-- expressions. When they are no longer right, the view is made again before a statement that reads it is sent
-- (session/late_binding.py): by the server on a connection of its own, in a short transaction, or, if the session itself
-- has changed a table that the view reads and not committed that, in that session.

CREATE SEQUENCE IF NOT EXISTS redshift_catalog.late_binding_ids;

-- What the server's own connection has seen of each view; no other connection writes it.
CREATE UNLOGGED TABLE IF NOT EXISTS redshift_catalog.late_binding_looks (
    view_id oid PRIMARY KEY,
    looked text NOT NULL,
    problem text
);

-- What an older version of the catalog has seen may be seen otherwise by this one.
TRUNCATE redshift_catalog.late_binding_looks;

-- Until the query of a view can be parsed, the view has one column of this name.
-- "columns" is the list of names in CREATE VIEW, "reads" the qualified names in the query. "definition" is the query as
-- planned; the function's text is its form for the types of its expressions.
CREATE OR REPLACE VIEW redshift_catalog.late_bindings AS
SELECT
    c.oid AS view_id, c.relname AS view_name, n.nspname AS schema_name, c.relowner AS owner_id, c.relacl AS acl,
    p.oid AS function_id, p.proname AS function_name, p.proowner AS function_owner_id, p.prosecdef AS is_definer,
    coalesce(f.facts ->> 'definition', p.prosrc) AS definition,
    f.facts ->> 'columns' AS columns,
    ARRAY(SELECT json_array_elements_text(f.facts -> 'reads')) AS reads
FROM pg_catalog.pg_proc AS p
CROSS JOIN LATERAL (SELECT obj_description(p.oid, 'pg_proc')::json AS facts) AS f
JOIN pg_catalog.pg_depend AS d
    ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid AND d.classid = 'pg_rewrite'::regclass
JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE p.proname BETWEEN 'late_binding_0' AND 'late_binding_9999999999'
    AND p.pronamespace = (SELECT s.oid FROM pg_catalog.pg_namespace AS s WHERE s.nspname = 'redshift_catalog');

-- A statement without its strings and quoted names.
CREATE OR REPLACE FUNCTION redshift_catalog.without_quotes(sql text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN regexp_replace(sql, E'\'(?:[^\'\\\\]|\\\\.|\'\')*\'|"(?:[^"]|"")*"', '', 'g');

-- Whether a text can only be one statement: nothing of it is a semicolon, a comment or a dollar quote outside of
-- its strings and quoted names. The superuser runs the stored text later; the planner writes it in this form.
CREATE OR REPLACE FUNCTION redshift_catalog.is_one_statement(sql text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.without_quotes(sql) !~ E'[;\'"]|--|/[*]|[$][^0-9]';

-- All names of a query that have a qualifier: the relations that it reads are among them.
CREATE OR REPLACE FUNCTION redshift_catalog.qualified_names(sql text) RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN ARRAY(
    SELECT DISTINCT m[1] || '.' || m[2]
    FROM regexp_matches(
        regexp_replace(sql, E'\'(?:[^\'\\\\]|\\\\.|\'\')*\'', '', 'g'),
        '(?:(?:[[:alpha:]_][[:alnum:]_$]*|"(?:[^"]|"")*")[[:space:]]*[.][[:space:]]*)?'
        '([[:alpha:]_][[:alnum:]_$]*|"(?:[^"]|"")*")[[:space:]]*[.][[:space:]]*([[:alpha:]_][[:alnum:]_$]*|"(?:[^"]|"")*")',
        'g'
    ) AS m
    ORDER BY 1
);

-- The columns of a relation as text; NULL when there is no relation of that name.
CREATE OR REPLACE FUNCTION redshift_catalog.columns_of(relation oid) RETURNS text
LANGUAGE sql STABLE
RETURN (
    SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
);

-- What a view sees of the relations that its query may read.
CREATE OR REPLACE FUNCTION redshift_catalog.looks(reads text[]) RETURNS text
LANGUAGE sql STABLE
RETURN (
    SELECT coalesce(md5(string_agg(
        concat_ws(' ', r.name, coalesce(redshift_catalog.columns_of(to_regclass(r.name)), '-')), ';' ORDER BY r.name
    )), '')
    FROM unnest(reads) AS r (name)
);

-- The columns that a query has now, or why it cannot be parsed: SQLSTATE, blank, text.
CREATE OR REPLACE FUNCTION redshift_catalog.describe_query(
    definition text, columns text, OUT shape text, OUT problem text
)
LANGUAGE plpgsql
AS $$
DECLARE
    made CONSTANT text := format('redshift_catalog.late_binding_shape_%s', pg_backend_pid());
BEGIN
    IF NOT (redshift_catalog.is_one_statement(definition) AND redshift_catalog.is_one_statement(columns)) THEN
        RAISE EXCEPTION 'a view is made of one query' USING ERRCODE = 'syntax_error';
    END IF;
    BEGIN
        EXECUTE format('CREATE VIEW %s%s AS %s', made, columns, definition);
        shape := redshift_catalog.columns_of(made::regclass);
        RAISE EXCEPTION USING ERRCODE = 'RS000'; -- undoes the view
    EXCEPTION
        WHEN SQLSTATE 'RS000' THEN
            NULL;
        WHEN syntax_error OR duplicate_column THEN
            RAISE;
        WHEN syntax_error_or_access_rule_violation OR invalid_schema_name OR invalid_catalog_name
            OR feature_not_supported
        THEN
            problem := SQLSTATE || ' ' || SQLERRM;
    END;
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.view_body(function_name name, shape text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN format(
    'SELECT * FROM redshift_catalog.%I() AS q (%s)', function_name, coalesce(shape, 'redshift_unbound integer')
);

-- Give a view other columns or another function; its owner, grants and comment stay.
CREATE OR REPLACE FUNCTION redshift_catalog.reshape_view(of_view oid, function_name name, shape text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    body CONSTANT text := redshift_catalog.view_body(function_name, shape);
    view_name text;
    kept pg_class;
    remark CONSTANT text := obj_description(of_view, 'pg_class');
BEGIN
    SELECT format('%I.%I', n.nspname, c.relname)
    INTO view_name
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = of_view;
    BEGIN
        EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', view_name, body);
    EXCEPTION
        WHEN invalid_table_definition THEN -- columns went, or have other names or types
            SELECT * INTO kept FROM pg_class AS c WHERE c.oid = of_view;
            EXECUTE format('DROP VIEW %s', view_name);
            EXECUTE format('CREATE VIEW %s AS %s', view_name, body);
            EXECUTE format('ALTER VIEW %s OWNER TO %I', view_name, pg_get_userbyid(kept.relowner));
            UPDATE pg_class SET relacl = kept.relacl WHERE oid = view_name::regclass;
            EXECUTE format('COMMENT ON VIEW %s IS %L', view_name, remark);
            PERFORM redshift_catalog.follow_owners();
    END;
END
$$;

-- The function of a new view. A client may only make one: what it may read is decided when it is called.
CREATE OR REPLACE FUNCTION redshift_catalog.make_late_binding(
    definition text, columns text, OUT function_name name, OUT shape text
)
LANGUAGE plpgsql SECURITY DEFINER SET check_function_bodies = off
AS $$
BEGIN
    shape := (redshift_catalog.describe_query(definition, columns)).shape;
    function_name := 'late_binding_' || nextval('redshift_catalog.late_binding_ids');
    EXECUTE format(
        'CREATE FUNCTION redshift_catalog.%I() RETURNS SETOF record LANGUAGE sql STABLE AS %L',
        function_name, definition
    );
    EXECUTE format('COMMENT ON FUNCTION redshift_catalog.%I() IS %L', function_name, json_build_object(
        'columns', columns, 'reads', redshift_catalog.qualified_names(definition), 'definition', definition
    ));
END
$$;

-- CREATE OR REPLACE of a view that is there.
CREATE OR REPLACE FUNCTION redshift_catalog.replace_late_binding(of_view oid, function_name name, shape text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    older name;
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_class AS c WHERE c.oid = of_view AND pg_has_role(session_user, c.relowner, 'MEMBER')
    ) THEN
        RAISE EXCEPTION 'must be owner of view %', of_view::regclass USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT v.function_name INTO older FROM redshift_catalog.late_bindings AS v WHERE v.view_id = of_view;
    PERFORM redshift_catalog.reshape_view(of_view, function_name, shape);
    IF older IS NOT NULL THEN
        EXECUTE format('DROP FUNCTION redshift_catalog.%I()', older);
    END IF;
END
$$;

CREATE OR REPLACE PROCEDURE redshift_catalog.create_late_binding_view(
    view_name text, is_replaced boolean, columns text, definition text
)
LANGUAGE plpgsql
AS $$
DECLARE
    made record := redshift_catalog.make_late_binding(definition, columns);
    parts CONSTANT text[] := parse_ident(view_name);
    older CONSTANT regclass := to_regclass(format(
        '%I.%I', CASE cardinality(parts) WHEN 1 THEN current_schema() ELSE parts[cardinality(parts) - 1] END,
        parts[cardinality(parts)]
    ));
BEGIN
    IF is_replaced AND older IS NOT NULL THEN
        PERFORM redshift_catalog.replace_late_binding(older, made.function_name, made.shape);
    ELSE
        EXECUTE format(
            'CREATE VIEW %s AS %s', view_name, redshift_catalog.view_body(made.function_name, made.shape)
        );
    END IF;
END
$$;

-- A view is read with its owner's privileges. PostgreSQL plans a query within the reader's only if it is run with the
-- reader's; so that is done as long as nobody but the owner can read the view.
CREATE OR REPLACE FUNCTION redshift_catalog.follow_owners() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT v.function_name, v.owner_id, w.is_definer
        FROM redshift_catalog.late_bindings AS v
        CROSS JOIN LATERAL (
            SELECT
                EXISTS (SELECT FROM aclexplode(v.acl) AS a WHERE a.grantee <> v.owner_id)
                OR EXISTS (
                    SELECT
                    FROM pg_depend AS d
                    JOIN pg_rewrite AS r ON r.oid = d.objid AND r.ev_class <> v.view_id
                    JOIN pg_class AS c ON c.oid = r.ev_class AND NOT starts_with(c.relname, 'late_binding_shape_')
                    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = v.view_id
                        AND d.classid = 'pg_rewrite'::regclass
                ) AS is_definer
        ) AS w
        WHERE (v.function_owner_id, v.is_definer) <> (v.owner_id, w.is_definer)
    LOOP
        EXECUTE format(
            'ALTER FUNCTION redshift_catalog.%I() SECURITY %s',
            found.function_name, CASE WHEN found.is_definer THEN 'DEFINER' ELSE 'INVOKER' END
        );
        EXECUTE format(
            'ALTER FUNCTION redshift_catalog.%I() OWNER TO %I', found.function_name, pg_get_userbyid(found.owner_id)
        );
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.on_changed_view() RETURNS event_trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM redshift_catalog.follow_owners();
END
$$;

DROP EVENT TRIGGER IF EXISTS redshift_late_binding;

CREATE EVENT TRIGGER redshift_late_binding ON ddl_command_end
WHEN TAG IN ('CREATE VIEW', 'CREATE MATERIALIZED VIEW', 'ALTER VIEW', 'ALTER TABLE', 'GRANT', 'REVOKE')
EXECUTE FUNCTION redshift_catalog.on_changed_view();
