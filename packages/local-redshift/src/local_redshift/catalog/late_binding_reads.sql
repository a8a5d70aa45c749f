-- Before a statement that may read views WITH NO SCHEMA BINDING is sent, they get the columns that their queries have
-- now; late_binding_views.sql says what such a view is.

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
