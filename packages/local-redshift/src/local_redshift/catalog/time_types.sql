-- What columns of Redshift's types of times are, where PostgreSQL's are otherwise.

-- "You can't use the INTERVAL data type for columns": https://docs.aws.amazon.com/redshift/latest/dg/r_interval_literals.html
-- Since 2024 there are INTERVAL YEAR TO MONTH and INTERVAL DAY TO SECOND, which this server does not have:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
CREATE OR REPLACE FUNCTION redshift_catalog.refuse_intervals(table_id oid) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    found text;
BEGIN
    SELECT a.attname
    INTO found
    FROM pg_attribute AS a
    WHERE a.attrelid = table_id AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'interval'::regtype
    LIMIT 1;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION 'Column "%" has unsupported type "interval".', found
            USING ERRCODE = 'feature_not_supported',
                HINT = 'Keep a number of seconds, DATEDIFF(second, a, b) for instance.';
    END IF;
END
$$;

-- "TIMETZ values are UTC in both user tables and Amazon Redshift system tables":
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html
CREATE OR REPLACE FUNCTION redshift_catalog.to_utc() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    name text;
    value timetz;
BEGIN
    FOR name IN
        SELECT a.attname
        FROM pg_attribute AS a
        WHERE a.attrelid = TG_RELID AND NOT a.attisdropped AND a.atttypid = 'timetz'::regtype
    LOOP
        value := to_jsonb(NEW) ->> name;
        IF extract(timezone FROM value) <> 0 THEN
            NEW := jsonb_populate_record(NEW, jsonb_build_object(name, value AT TIME ZONE 'UTC'));
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;

-- Give a table with TIMETZ columns the trigger; \d and the catalog's views do not show internal ones.
CREATE OR REPLACE FUNCTION redshift_catalog.keep_utc(table_id oid, has_rows boolean) RETURNS void
LANGUAGE plpgsql
SET allow_system_table_mods = on
AS $$
DECLARE
    changes text;
BEGIN
    SELECT string_agg(format('%1$I = %1$I', a.attname), ', ')
    INTO changes
    FROM pg_attribute AS a
    WHERE a.attrelid = table_id AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'timetz'::regtype;
    IF changes IS NULL OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = table_id AND tgname = 'redshift_utc') THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TRIGGER redshift_utc BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION redshift_catalog.to_utc()',
        table_id::regclass
    );
    UPDATE pg_trigger SET tgisinternal = true WHERE tgrelid = table_id AND tgname = 'redshift_utc';
    IF has_rows THEN
        EXECUTE format('UPDATE %s SET %s', table_id::regclass, changes);
    END IF;
END
$$;

-- Tables of an earlier version get the trigger too.
SELECT redshift_catalog.keep_utc(c.oid, true)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'redshift_catalog', 'information_schema');

-- The names of zones can be asked of a function; PostgreSQL calls this one otherwise since version 18:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_AT_TIME_ZONE.html
CREATE OR REPLACE FUNCTION pg_catalog.pg_timezone_abbrevs(OUT abbrev text, OUT utc_offset interval, OUT is_dst boolean)
RETURNS SETOF record
LANGUAGE sql STABLE
AS 'SELECT abbrev, utc_offset, is_dst FROM pg_catalog.pg_timezone_abbrevs';

-- How an interval with a qualifier is written: https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
CREATE OR REPLACE FUNCTION redshift_catalog.intervaly2m(span interval) RETURNS varchar
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN format('%s years %s mons', extract(year FROM span), extract(month FROM span));

CREATE OR REPLACE FUNCTION redshift_catalog.intervald2s(span interval) RETURNS varchar
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT format(
        '%s days %s hours %s mins %s secs',
        trunc(total / 86400), trunc(mod(total, 86400) / 3600), trunc(mod(total, 3600) / 60),
        regexp_replace(mod(total, 60)::numeric(8, 6)::text, '(\\.[0-9]+?)0+$', '\\1')
    )
    FROM (
        SELECT extract(day FROM span) * 86400 + extract(hour FROM span) * 3600 + extract(minute FROM span) * 60
            + extract(second FROM span) AS total
    ) AS t
$$;
