-- Functions about the session itself.

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_COPY_COUNT.html
CREATE OR REPLACE FUNCTION pg_catalog.pg_last_copy_count() RETURNS bigint
LANGUAGE sql VOLATILE
RETURN coalesce(nullif(current_setting('redshift.last_copy_count', true), ''), '0')::bigint;

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_COPY_ID.html
CREATE OR REPLACE FUNCTION pg_catalog.pg_last_copy_id() RETURNS bigint
LANGUAGE sql VOLATILE
RETURN coalesce(nullif(current_setting('redshift.last_copy_id', true), ''), '-1')::bigint;

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_QUERY_ID.html
CREATE OR REPLACE FUNCTION pg_catalog.pg_last_query_id() RETURNS bigint
LANGUAGE sql VOLATILE
RETURN coalesce(nullif(current_setting('redshift.last_query_id', true), ''), '-1')::bigint;

-- The id of the current user, by which system views show a user's own rows only:
-- https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_system-tables.html
CREATE OR REPLACE FUNCTION pg_catalog.current_user_id() RETURNS integer
LANGUAGE sql STABLE
RETURN (SELECT r.oid::integer FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user);

-- Whether the current user may see everybody's rows. The administrator is not a superuser of PostgreSQL.
CREATE OR REPLACE FUNCTION redshift_catalog.sees(user_id integer) RETURNS boolean
LANGUAGE sql STABLE
RETURN user_id IS NULL OR user_id = pg_catalog.current_user_id()
    OR pg_catalog.pg_has_role(current_user, 'pg_monitor', 'MEMBER');

-- What drivers tell Redshift from PostgreSQL by: https://docs.aws.amazon.com/redshift/latest/dg/r_VERSION.html
CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text
LANGUAGE sql STABLE
RETURN 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), '
    || 'Redshift 1.0.100000';

-- The first column in a statement that does not exist, NULL when all exist. Nothing is executed.
CREATE OR REPLACE FUNCTION redshift_catalog.missing_column(statement text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    problem text;
BEGIN
    EXECUTE 'EXPLAIN (GENERIC_PLAN) ' || statement;
    RETURN NULL;
EXCEPTION
    WHEN undefined_column THEN
        GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
        RETURN pg_catalog.substring(problem, '^column "(.*)" does not exist$');
    WHEN OTHERS THEN
        RETURN NULL;
END
$$;
