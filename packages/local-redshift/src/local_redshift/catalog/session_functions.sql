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

-- The number of this server's data folder, written as Redshift writes the id of a namespace:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_NAMESPACE.html
CREATE OR REPLACE FUNCTION redshift_catalog.current_namespace() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
    SELECT md5(system_identifier::text)::uuid::text FROM pg_control_system()
$$;

-- One slice holds all rows; queries without a table run on the leader node:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_SLICE_NUM.html
CREATE OR REPLACE FUNCTION pg_catalog.slice_num() RETURNS integer
LANGUAGE sql STABLE
RETURN 0;

CREATE OR REPLACE FUNCTION redshift_catalog.leader_slice_num() RETURNS integer
LANGUAGE sql STABLE
RETURN 10000;

-- 1 and 0 are true and false: https://docs.aws.amazon.com/redshift/latest/dg/r_SET_CONFIG.html
CREATE OR REPLACE FUNCTION pg_catalog.set_config(parameter text, new_value text, is_local integer) RETURNS text
LANGUAGE sql VOLATILE
RETURN pg_catalog.set_config(parameter, new_value, is_local <> 0);

-- Whether a role or group was granted, itself or by others. What PostgreSQL grants to the user who makes a role, which
-- Redshift does not, does not count.
CREATE OR REPLACE FUNCTION redshift_catalog.is_member_of(member name, granted name, member_logs_in boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
    missing name := CASE
        WHEN NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = member AND r.rolcanlogin = member_logs_in) THEN member
        WHEN NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = granted AND NOT r.rolcanlogin) THEN granted
    END;
BEGIN
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'role "%" does not exist', missing USING ERRCODE = 'undefined_object';
    END IF;
    RETURN EXISTS (
        WITH RECURSIVE grants AS (
            SELECT m.member, m.roleid
            FROM pg_auth_members AS m
            WHERE NOT (m.grantor = m.member OR m.grantor = 10)
        ), reached AS (
            SELECT g.roleid
            FROM grants AS g
            WHERE g.member = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = is_member_of.member)
            UNION
            SELECT g.roleid FROM reached AS f JOIN grants AS g ON g.member = f.roleid
        )
        SELECT FROM reached AS f JOIN pg_roles AS r ON r.oid = f.roleid WHERE r.rolname = granted
    );
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_USER_IS_MEMBER_OF.html
CREATE OR REPLACE FUNCTION pg_catalog.user_is_member_of(user_name name, role_name name) RETURNS boolean
LANGUAGE sql STABLE
RETURN redshift_catalog.is_member_of(user_name, role_name, true);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_ROLE_IS_MEMBER_OF.html
CREATE OR REPLACE FUNCTION pg_catalog.role_is_member_of(role_name name, granted_role_name name) RETURNS boolean
LANGUAGE sql STABLE
RETURN redshift_catalog.is_member_of(role_name, granted_role_name, false);

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_GET_COLS.html
DROP FUNCTION IF EXISTS pg_catalog.pg_get_cols(text);

CREATE FUNCTION pg_catalog.pg_get_cols(relation text) RETURNS SETOF record
LANGUAGE sql STABLE
AS $$
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)::varchar, a.attnum::integer
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.oid = relation::regclass
    ORDER BY a.attnum
$$;

-- What SHOW ALL shows: https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW.html
CREATE OR REPLACE FUNCTION redshift_catalog.parameters() RETURNS TABLE (name text, setting text)
LANGUAGE sql STABLE
AS $$
    SELECT p.name, coalesce(current_setting('redshift.' || p.name, true), s.setting)
    FROM unnest(ARRAY[
        'analyze_threshold_percent', 'cast_super_null_on_error', 'datestyle', 'default_geometry_encoding',
        'describe_field_name_in_uppercase', 'downcase_delimited_identifier', 'enable_case_sensitive_identifier',
        'enable_case_sensitive_super_attribute', 'enable_numeric_rounding', 'enable_result_cache_for_session',
        'enable_spectrum_oid', 'enable_vacuum_boost', 'error_on_nondeterministic_update', 'extra_float_digits',
        'interval_forbid_composite_literals', 'json_parse_dedup_attributes', 'json_parse_truncate_strings',
        'json_serialization_enable', 'json_serialization_parse_nested_strings',
        'max_concurrency_scaling_clusters', 'max_cursor_result_set_size', 'mv_enable_aqmv_for_session',
        'navigate_super_null_on_error', 'parse_super_null_on_error', 'pg_federation_repeatable_read', 'query_group',
        'search_path', 'spectrum_enable_pseudo_columns', 'spectrum_query_maxerror', 'statement_timeout',
        'stored_proc_log_min_messages', 'timezone', 'wlm_query_slot_count'
    ]) AS p (name)
    LEFT JOIN pg_settings AS s ON lower(s.name) = p.name
    ORDER BY p.name
$$;

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
