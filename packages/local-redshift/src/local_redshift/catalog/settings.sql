-- Settings of the database that make PostgreSQL read SQL as Redshift does.

DO $$
DECLARE
    setting record;
BEGIN
    FOR setting IN
        SELECT * FROM (VALUES
            -- A backslash in a string is an escape:
            -- https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_REPLACE.html
            ('standard_conforming_strings', 'off'),
            ('escape_string_warning', 'off'),
            ('backslash_quote', 'on'),
            -- The administrator may act for the users it makes, as Redshift's superuser may.
            ('createrole_self_grant', 'set, inherit'),
            -- 15 digits of a DOUBLE PRECISION and 6 of a REAL:
            -- https://docs.aws.amazon.com/redshift/latest/dg/r_extra_float_digits.html
            ('extra_float_digits', '0'),
            -- A variable of a procedure goes before a column of its name.
            ('plpgsql.variable_conflict', 'use_variable'),
            -- Redshift's own, with their defaults:
            -- https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
            ('redshift.analyze_threshold_percent', '10'),
            ('redshift.cast_super_null_on_error', 'on'),
            ('redshift.default_geometry_encoding', '2'),
            ('redshift.describe_field_name_in_uppercase', 'off'),
            ('redshift.downcase_delimited_identifier', 'on'),
            ('redshift.enable_case_sensitive_identifier', 'off'),
            ('redshift.enable_case_sensitive_super_attribute', 'off'),
            ('redshift.enable_numeric_rounding', 'off'),
            ('redshift.enable_result_cache_for_session', 'on'),
            ('redshift.enable_vacuum_boost', 'off'),
            ('redshift.enable_spectrum_oid', 'on'),
            ('redshift.error_on_nondeterministic_update', 'off'),
            ('redshift.interval_forbid_composite_literals', 'off'),
            ('redshift.json_parse_dedup_attributes', 'off'),
            ('redshift.json_parse_truncate_strings', 'off'),
            ('redshift.json_serialization_enable', 'off'),
            ('redshift.json_serialization_parse_nested_strings', 'off'),
            ('redshift.max_concurrency_scaling_clusters', '1'),
            ('redshift.max_cursor_result_set_size', '0'),
            ('redshift.mv_enable_aqmv_for_session', 'on'),
            ('redshift.navigate_super_null_on_error', 'on'),
            ('redshift.parse_super_null_on_error', 'off'),
            ('redshift.pg_federation_repeatable_read', 'on'),
            ('redshift.query_group', 'unset'),
            ('redshift.spectrum_enable_pseudo_columns', 'on'),
            ('redshift.spectrum_query_maxerror', '-1'),
            ('redshift.stored_proc_log_min_messages', 'log'),
            ('redshift.wlm_query_slot_count', '1')
        ) AS s (name, value)
    LOOP
        EXECUTE format('ALTER DATABASE %I SET %s = %L', current_database(), setting.name, setting.value);
        IF starts_with(setting.name, 'redshift.') THEN
            -- For CREATE PROCEDURE … SET: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_PROCEDURE.html
            EXECUTE format('GRANT SET ON PARAMETER %s TO PUBLIC', setting.name);
        END IF;
    END LOOP;
END
$$;
