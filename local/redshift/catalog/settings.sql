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
            -- A variable of a procedure goes before a column of its name.
            ('plpgsql.variable_conflict', 'use_variable'),
            -- Redshift's own, with their defaults:
            -- https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
            ('redshift.analyze_threshold_percent', '10'),
            ('redshift.describe_field_name_in_uppercase', 'off'),
            ('redshift.enable_case_sensitive_identifier', 'off'),
            ('redshift.enable_result_cache_for_session', 'on'),
            ('redshift.mv_enable_aqmv_for_session', 'on'),
            ('redshift.query_group', 'default'),
            ('redshift.wlm_query_slot_count', '1')
        ) AS s (name, value)
    LOOP
        EXECUTE format('ALTER DATABASE %I SET %s = %L', current_database(), setting.name, setting.value);
    END LOOP;
END
$$;
