-- Drops what earlier versions made in a data folder and this version no longer uses. It runs after the views were
-- replaced, because they read it until then.

DROP FUNCTION IF EXISTS redshift_catalog.note_load_errors(json);

DROP TABLE IF EXISTS redshift_catalog.noted_load_errors;

DROP FUNCTION IF EXISTS redshift_catalog.check_lengths(oid);

DROP FUNCTION IF EXISTS redshift_catalog.rebind_views();

-- Late-binding views were views whose dependencies were deleted, with their queries in a table.
DO $$
DECLARE
    older record;
    made record;
BEGIN
    IF to_regclass('redshift_catalog.late_binding_views') IS NULL THEN
        RETURN;
    END IF;
    FOR older IN
        SELECT v.view_id, v.definition, v.columns
        FROM redshift_catalog.late_binding_views AS v
        JOIN pg_class AS c ON c.oid = v.view_id
    LOOP
        made := redshift_catalog.make_late_binding(older.definition, older.columns);
        PERFORM redshift_catalog.reshape_view(older.view_id, made.function_name, made.shape);
    END LOOP;
    PERFORM redshift_catalog.follow_owners();
    DROP FUNCTION IF EXISTS redshift_catalog.rebind_view;
    DROP TABLE redshift_catalog.late_binding_views;
END
$$;

DROP FUNCTION IF EXISTS redshift_catalog.unbind_view, redshift_catalog.keep_unbound, redshift_catalog.try_view,
    redshift_catalog.unbound;

DROP FUNCTION IF EXISTS redshift_catalog.looks(oid[]);

DROP FUNCTION IF EXISTS redshift_catalog.bind_views(text[]), redshift_catalog.bind_views_here(text[], text[], text[]),
    redshift_catalog.problem_of(text[], jsonb);
