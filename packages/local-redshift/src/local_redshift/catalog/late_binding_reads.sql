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

-- The problem of a view that a query reads, if one has any.
CREATE OR REPLACE FUNCTION redshift_catalog.problem_of(reads text[], problems jsonb) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT max(problems ->> to_regclass(r.name)::oid::text) FROM unnest(reads) AS r (name));

-- On the server's own connection: give the views the columns that their queries have now, by what is committed. Return
-- those whose queries cannot be parsed. A view that another transaction holds is left as it is.
CREATE OR REPLACE FUNCTION redshift_catalog.bind_views(words text[]) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
    v redshift_catalog.late_bindings;
    known redshift_catalog.late_binding_looks;
    described record;
    looked text;
    id oid;
    problems jsonb := '{}';
BEGIN
    FOR v IN SELECT * FROM redshift_catalog.late_bindings_of(words) LOOP
        looked := redshift_catalog.looks(v.reads);
        SELECT * INTO known FROM redshift_catalog.late_binding_looks AS k WHERE k.view_id = v.view_id;
        IF known.looked IS DISTINCT FROM looked THEN
            known := NULL;
            BEGIN
                described := redshift_catalog.describe_query(v.definition, v.columns);
                id := v.view_id;
                IF described.shape <> redshift_catalog.columns_of(v.view_id) THEN
                    PERFORM redshift_catalog.reshape_view(v.view_id, v.function_name, described.shape);
                    id := to_regclass(format('%I.%I', v.schema_name, v.view_name));
                END IF;
                known.problem := coalesce(described.problem, redshift_catalog.problem_of(v.reads, problems));
                DELETE FROM redshift_catalog.late_binding_looks AS k WHERE k.view_id IN (id, v.view_id);
                INSERT INTO redshift_catalog.late_binding_looks VALUES (id, looked, known.problem);
            EXCEPTION
                WHEN lock_not_available OR dependent_objects_still_exist OR transaction_rollback THEN
                    NULL;
            END;
        END IF;
        IF known.problem IS NOT NULL THEN
            problems := problems || jsonb_build_object(v.view_id::text, known.problem);
            RETURN NEXT v.view_name;
        END IF;
    END LOOP;
END
$$;

-- In a client's session: do the same for views that read what this session has changed and not committed, and for
-- those that are not bound. One that a statement reads and that cannot be bound is an error.
CREATE OR REPLACE FUNCTION redshift_catalog.bind_views_here(words text[], used text[], unbound text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    v redshift_catalog.late_bindings;
    described record;
    problems jsonb := '{}';
BEGIN
    FOR v IN
        SELECT o.*
        FROM redshift_catalog.late_bindings_of(words) AS o
        WHERE o.view_name = ANY (unbound) OR EXISTS (
            SELECT
            FROM pg_locks AS l
            WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
                AND l.relation = ANY (SELECT to_regclass(r.name) FROM unnest(o.reads) AS r (name))
        )
    LOOP
        described := redshift_catalog.describe_query(v.definition, v.columns);
        IF described.shape <> redshift_catalog.columns_of(v.view_id) THEN
            PERFORM redshift_catalog.reshape_view(v.view_id, v.function_name, described.shape);
        END IF;
        described.problem := coalesce(described.problem, redshift_catalog.problem_of(v.reads, problems));
        CONTINUE WHEN described.problem IS NULL;
        problems := problems || jsonb_build_object(v.view_id::text, described.problem);
        IF lower(v.view_name) = ANY (used)
            AND (pg_table_is_visible(v.view_id) OR lower(v.schema_name) = ANY (words))
        THEN
            RAISE EXCEPTION '%', substr(described.problem, 7) USING ERRCODE = left(described.problem, 5),
                HINT = 'The view is WITH NO SCHEMA BINDING: what it reads has to be there when it is used.';
        END IF;
    END LOOP;
END
$$;

REVOKE EXECUTE ON FUNCTION redshift_catalog.bind_views(text[]) FROM PUBLIC;

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
