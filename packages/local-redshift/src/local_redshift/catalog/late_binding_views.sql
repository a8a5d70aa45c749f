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

-- The views whose names are among a statement's words, and those that they read; all of them when words is NULL. What
-- is read comes before what reads it.
CREATE OR REPLACE FUNCTION redshift_catalog.late_bindings_of(words text[])
RETURNS SETOF redshift_catalog.late_bindings
LANGUAGE sql STABLE
AS $$
    WITH RECURSIVE named AS (
        SELECT v.*, 0 AS depth
        FROM redshift_catalog.late_bindings AS v
        WHERE words IS NULL OR lower(v.view_name) = ANY (words)
        UNION
        SELECT i.*, o.depth + 1
        FROM named AS o
        JOIN redshift_catalog.late_bindings AS i
            ON to_regclass(format('%I.%I', i.schema_name, i.view_name)) = ANY (
                SELECT to_regclass(r.name) FROM unnest(o.reads) AS r (name)
            )
        WHERE o.depth < 20
    ), deepest AS (
        SELECT n.view_id, max(n.depth) AS depth FROM named AS n GROUP BY n.view_id
    )
    SELECT v.*
    FROM redshift_catalog.late_bindings AS v
    JOIN deepest AS d ON d.view_id = v.view_id
    ORDER BY d.depth DESC
$$;

-- Shows the query tree of a view's query to the client, as show_trees does for a session's own statements. Nothing comes
-- of a query that cannot be parsed.
CREATE OR REPLACE FUNCTION redshift_catalog.show_tree_of(definition text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF NOT redshift_catalog.is_one_statement(definition) THEN
        RETURN;
    END IF;
    PERFORM redshift_catalog.show_trees(true);
    BEGIN
        EXECUTE 'PREPARE redshift_analysis AS ' || definition;
        DEALLOCATE redshift_analysis;
    EXCEPTION
        WHEN syntax_error_or_access_rule_violation OR invalid_schema_name OR invalid_catalog_name
            OR feature_not_supported
        THEN
            NULL;
    END;
    PERFORM redshift_catalog.show_trees(false);
END
$$;

-- Give a view the columns that its query has now. Return why the query cannot be parsed, if it cannot.
CREATE OR REPLACE FUNCTION redshift_catalog.bind_view(v redshift_catalog.late_bindings, typed text)
RETURNS text
LANGUAGE plpgsql SET check_function_bodies = off
AS $$
DECLARE
    described record;
BEGIN
    described := redshift_catalog.describe_query(typed, v.columns);
    IF typed <> (SELECT p.prosrc FROM pg_proc AS p WHERE p.oid = v.function_id) THEN
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.%I() RETURNS SETOF record LANGUAGE sql STABLE SECURITY %s AS %L',
            v.function_name, CASE WHEN v.is_definer THEN 'DEFINER' ELSE 'INVOKER' END, typed
        );
    END IF;
    IF described.shape <> redshift_catalog.columns_of(v.view_id) THEN
        PERFORM redshift_catalog.reshape_view(v.view_id, v.function_name, described.shape);
    END IF;
    RETURN described.problem;
END
$$;

-- On the server's own connection, by what is committed: the first view that has to be bound, with its query, and before
-- it those whose queries cannot be parsed. "done" are the views that need not be looked at again.
CREATE OR REPLACE FUNCTION redshift_catalog.next_unbound(
    words text[], done text[], OUT view_name text, OUT id oid, OUT looked text, OUT definition text
)
RETURNS SETOF record
LANGUAGE plpgsql
AS $$
DECLARE
    v redshift_catalog.late_bindings;
    known redshift_catalog.late_binding_looks;
BEGIN
    FOR v IN SELECT * FROM redshift_catalog.late_bindings_of(words) LOOP
        looked := redshift_catalog.looks(v.reads);
        SELECT * INTO known FROM redshift_catalog.late_binding_looks AS k WHERE k.view_id = v.view_id;
        view_name := v.view_name;
        id := v.view_id;
        IF known.looked IS DISTINCT FROM looked AND v.function_name <> ALL (done) THEN
            definition := v.definition;
            RETURN NEXT;
            RETURN;
        ELSIF known.problem IS NOT NULL THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;

-- Bind one of them and return its function. A view that another transaction holds is left as it is.
CREATE OR REPLACE FUNCTION redshift_catalog.bind_committed(id oid, seen text, typed text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    v redshift_catalog.late_bindings;
    found_problem text;
    bound_id oid;
BEGIN
    SELECT * INTO v FROM redshift_catalog.late_bindings AS b WHERE b.view_id = id;
    BEGIN
        found_problem := coalesce(
            redshift_catalog.bind_view(v, coalesce(typed, v.definition)),
            (
                SELECT max(k.problem)
                FROM redshift_catalog.late_binding_looks AS k
                WHERE k.view_id = ANY (SELECT to_regclass(r.name) FROM unnest(v.reads) AS r (name))
            )
        );
        bound_id := to_regclass(format('%I.%I', v.schema_name, v.view_name));
        DELETE FROM redshift_catalog.late_binding_looks AS k WHERE k.view_id IN (id, bound_id);
        INSERT INTO redshift_catalog.late_binding_looks VALUES (bound_id, seen, found_problem);
    EXCEPTION
        WHEN lock_not_available OR dependent_objects_still_exist OR transaction_rollback OR not_null_violation
            OR internal_error -- "tuple concurrently updated"
        THEN
            NULL;
    END;
    RETURN v.function_name;
END
$$;

-- In a client's session: the views that read what this session has changed and not committed, or that it has made, and
-- those that are not bound; with their queries.
CREATE OR REPLACE FUNCTION redshift_catalog.unbound_here(
    words text[], unbound text[], OUT id oid, OUT definition text
)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT o.view_id, o.definition
    FROM redshift_catalog.late_bindings_of(words) AS o
    WHERE o.view_name = ANY (unbound) OR EXISTS (
        SELECT
        FROM pg_locks AS l
        WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
            AND (
                l.relation = o.view_id
                OR l.relation = ANY (SELECT to_regclass(r.name) FROM unnest(o.reads) AS r (name))
            )
    )
$$;

-- Bind one of them. One that a statement reads and that cannot be bound is an error; return the problems of others.
-- Only who may replace the view may give its query another form: everybody can call this.
CREATE OR REPLACE FUNCTION redshift_catalog.bind_here(
    id oid, typed text, words text[], used text[], problems jsonb
)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    v redshift_catalog.late_bindings;
    found_problem text;
BEGIN
    SELECT * INTO v FROM redshift_catalog.late_bindings AS b WHERE b.view_id = id;
    IF v.view_id IS NULL THEN
        RETURN problems;
    END IF;
    IF typed IS NULL OR NOT pg_has_role(session_user, v.owner_id, 'MEMBER') THEN
        typed := v.definition;
    END IF;
    found_problem := coalesce(redshift_catalog.bind_view(v, typed), (
        SELECT max(problems ->> to_regclass(r.name)::oid::text) FROM unnest(v.reads) AS r (name)
    ));
    IF found_problem IS NULL THEN
        RETURN problems;
    END IF;
    IF lower(v.view_name) = ANY (used)
        AND (pg_table_is_visible(v.view_id) OR lower(v.schema_name) = ANY (words))
    THEN
        RAISE EXCEPTION '%', substr(found_problem, 7) USING ERRCODE = left(found_problem, 5),
            HINT = 'The view is WITH NO SCHEMA BINDING: what it reads has to be there when it is used.';
    END IF;
    RETURN problems || jsonb_build_object(id::text, found_problem);
END
$$;

REVOKE EXECUTE ON FUNCTION redshift_catalog.next_unbound(text[], text[]), redshift_catalog.bind_committed(oid, text, text)
FROM PUBLIC;

-- What a text has to mention so that it may read one of the views: their names, and those of views and routines that
-- read them.
CREATE OR REPLACE FUNCTION redshift_catalog.late_binding_names(OUT name text, OUT is_view boolean)
RETURNS SETOF record
LANGUAGE sql STABLE
AS $$
    SELECT v.view_name::text, true
    FROM redshift_catalog.late_bindings AS v
    UNION ALL
    SELECT c.relname::text, false
    FROM redshift_catalog.late_bindings AS v
    JOIN pg_depend AS d
        ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.view_id AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite AS r ON r.oid = d.objid AND r.ev_class <> v.view_id
    JOIN pg_class AS c ON c.oid = r.ev_class
    UNION ALL
    SELECT p.proname::text, false
    FROM redshift_catalog.late_bindings AS v
    JOIN pg_proc AS p ON p.oid >= 16384 AND strpos(lower(p.prosrc), lower(v.view_name)) > 0
    JOIN pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname NOT IN ('pg_catalog', 'redshift_catalog')
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_GET_LATE_BINDING_VIEW_COLS.html
DROP FUNCTION IF EXISTS pg_catalog.pg_get_late_binding_view_cols();

CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT v.schema_name, v.view_name, a.attname, format_type(a.atttypid, a.atttypmod)::varchar,
        row_number() OVER (PARTITION BY v.view_id ORDER BY a.attnum)::integer
    FROM redshift_catalog.late_bindings AS v
    JOIN pg_attribute AS a ON a.attrelid = v.view_id AND a.attnum > 0 AND a.attname <> 'redshift_unbound'
    WHERE NOT EXISTS (
        SELECT FROM redshift_catalog.late_binding_looks AS k WHERE k.view_id = v.view_id AND k.problem IS NOT NULL
    )
$$;
