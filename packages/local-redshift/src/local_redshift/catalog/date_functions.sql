-- Redshift's date functions. Dateparts arrive as PostgreSQL's names: the planner has replaced the abbreviations.

-- The time at which the statement began, without a zone and a fraction:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_GETDATE.html
CREATE OR REPLACE FUNCTION pg_catalog.getdate() RETURNS timestamp
LANGUAGE sql STABLE
RETURN date_trunc('second', statement_timestamp()::timestamp);

-- The time at which the transaction began: https://docs.aws.amazon.com/redshift/latest/dg/r_SYSDATE.html
CREATE OR REPLACE FUNCTION pg_catalog.sysdate() RETURNS timestamp
LANGUAGE sql STABLE
RETURN transaction_timestamp()::timestamp;

CREATE OR REPLACE FUNCTION redshift_catalog.unknown_datepart(datepart text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RAISE EXCEPTION 'timestamp units "%" not recognized', datepart USING ERRCODE = 'invalid_parameter_value';
END
$$;

-- One of a datepart, as an interval.
CREATE OR REPLACE FUNCTION redshift_catalog.one(datepart text) RETURNS interval
LANGUAGE sql IMMUTABLE
RETURN CASE datepart
    WHEN 'millennium' THEN interval '1000 years'
    WHEN 'century' THEN interval '100 years'
    WHEN 'decade' THEN interval '10 years'
    WHEN 'year' THEN interval '1 year'
    WHEN 'quarter' THEN interval '3 months'
    WHEN 'month' THEN interval '1 month'
    WHEN 'week' THEN interval '7 days'
    WHEN 'day' THEN interval '1 day'
    WHEN 'dow' THEN interval '1 day'
    WHEN 'doy' THEN interval '1 day'
    WHEN 'hour' THEN interval '1 hour'
    WHEN 'minute' THEN interval '1 minute'
    WHEN 'second' THEN interval '1 second'
    WHEN 'epoch' THEN interval '1 second'
    WHEN 'milliseconds' THEN interval '1 millisecond'
    WHEN 'microseconds' THEN interval '1 microsecond'
    ELSE redshift_catalog.unknown_datepart(datepart) * interval '1 second'
END;

-- A leap day plus years is the first of March, plus months the last of February:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html#r_DATEADD_usage_notes
CREATE OR REPLACE FUNCTION redshift_catalog.shift(datepart text, amount bigint, moment timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN datepart IN ('year', 'decade', 'century', 'millennium')
        AND extract(day FROM moment) = 29 AND extract(month FROM moment) = 2
        THEN moment - interval '1 day' + amount * redshift_catalog.one(datepart) + interval '1 day'
    ELSE moment + amount * redshift_catalog.one(datepart)
END;

-- They are called date_add and date_diff, since those are the names of result columns.
-- A date gives a timestamp: https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html
CREATE OR REPLACE FUNCTION pg_catalog.date_add(datepart text, amount bigint, moment timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.shift(datepart, amount, moment);

CREATE OR REPLACE FUNCTION pg_catalog.date_add(datepart text, amount bigint, moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE
RETURN redshift_catalog.shift(datepart, amount, moment::timestamp)::timestamptz;

CREATE OR REPLACE FUNCTION pg_catalog.date_add(datepart text, amount bigint, moment date) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.shift(datepart, amount, moment::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.date_add(datepart text, amount bigint, moment time) RETURNS time
LANGUAGE sql IMMUTABLE
RETURN moment + amount * redshift_catalog.one(datepart);

CREATE OR REPLACE FUNCTION pg_catalog.date_add(datepart text, amount bigint, moment timetz) RETURNS timetz
LANGUAGE sql IMMUTABLE
RETURN moment + amount * redshift_catalog.one(datepart);

CREATE OR REPLACE FUNCTION pg_catalog.date_add(datepart text, amount bigint, moment text) RETURNS timestamp
LANGUAGE sql STABLE
RETURN redshift_catalog.shift(datepart, amount, moment::timestamp);

-- The number of datepart boundaries between two times, however close they are:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html
-- Where a week begins is not documented; it is Sunday here, as for the datepart dow.
CREATE OR REPLACE FUNCTION redshift_catalog.boundary(datepart text, moment timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN CASE datepart
    WHEN 'millennium' THEN extract(millennium FROM moment)::bigint
    WHEN 'century' THEN extract(century FROM moment)::bigint
    WHEN 'decade' THEN extract(decade FROM moment)::bigint
    WHEN 'year' THEN extract(year FROM moment)::bigint
    WHEN 'quarter' THEN (extract(year FROM moment) * 4 + extract(quarter FROM moment))::bigint
    WHEN 'month' THEN (extract(year FROM moment) * 12 + extract(month FROM moment))::bigint
    WHEN 'week' THEN floor((moment::date - date '2000-01-02') / 7.0)::bigint
    WHEN 'day' THEN (moment::date - date '2000-01-01')::bigint
    WHEN 'dow' THEN (moment::date - date '2000-01-01')::bigint
    WHEN 'doy' THEN (moment::date - date '2000-01-01')::bigint
    WHEN 'hour' THEN floor(extract(epoch FROM moment) / 3600)::bigint
    WHEN 'minute' THEN floor(extract(epoch FROM moment) / 60)::bigint
    WHEN 'second' THEN floor(extract(epoch FROM moment))::bigint
    WHEN 'epoch' THEN floor(extract(epoch FROM moment))::bigint
    WHEN 'milliseconds' THEN floor(extract(epoch FROM moment) * 1000)::bigint
    WHEN 'microseconds' THEN (extract(epoch FROM moment) * 1000000)::bigint
    ELSE redshift_catalog.unknown_datepart(datepart)
END;

CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first timestamp, last timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.boundary(datepart, last) - redshift_catalog.boundary(datepart, first);

CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first timestamptz, last timestamptz) RETURNS bigint
LANGUAGE sql STABLE
RETURN redshift_catalog.boundary(datepart, last::timestamp) - redshift_catalog.boundary(datepart, first::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first date, last date) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.boundary(datepart, last::timestamp) - redshift_catalog.boundary(datepart, first::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first time, last time) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.boundary(datepart, (timestamp '2000-01-01' + last)) - redshift_catalog.boundary(datepart, (timestamp '2000-01-01' + first));

CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first timetz, last timetz) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.boundary(datepart, (timestamp '2000-01-01' + (last AT TIME ZONE 'UTC')::time)) - redshift_catalog.boundary(datepart, (timestamp '2000-01-01' + (first AT TIME ZONE 'UTC')::time));

CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first text, last text) RETURNS bigint
LANGUAGE sql STABLE
RETURN redshift_catalog.boundary(datepart, last::timestamp) - redshift_catalog.boundary(datepart, first::timestamp);

-- Integers, of the named part only: https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html
CREATE OR REPLACE FUNCTION redshift_catalog.date_part(datepart text, moment timestamp) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE datepart
    WHEN 'second' THEN floor(extract(second FROM moment))
    WHEN 'milliseconds' THEN floor(extract(second FROM moment) * 1000)::bigint % 1000
    WHEN 'microseconds' THEN floor(extract(second FROM moment) * 1000000)::bigint % 1000000
    ELSE floor(date_part(datepart, moment))
END::integer;

CREATE OR REPLACE FUNCTION redshift_catalog.date_part(datepart text, moment date) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE datepart
    WHEN 'second' THEN floor(extract(second FROM moment::timestamp))
    WHEN 'milliseconds' THEN floor(extract(second FROM moment::timestamp) * 1000)::bigint % 1000
    WHEN 'microseconds' THEN floor(extract(second FROM moment::timestamp) * 1000000)::bigint % 1000000
    ELSE floor(date_part(datepart, moment::timestamp))
END::integer;

CREATE OR REPLACE FUNCTION redshift_catalog.date_part(datepart text, moment time) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE datepart
    WHEN 'second' THEN floor(extract(second FROM moment))
    WHEN 'milliseconds' THEN floor(extract(second FROM moment) * 1000)::bigint % 1000
    WHEN 'microseconds' THEN floor(extract(second FROM moment) * 1000000)::bigint % 1000000
    ELSE floor(date_part(datepart, moment))
END::integer;

CREATE OR REPLACE FUNCTION redshift_catalog.date_part(datepart text, moment interval) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE datepart
    WHEN 'second' THEN floor(extract(second FROM moment))
    WHEN 'milliseconds' THEN floor(extract(second FROM moment) * 1000)::bigint % 1000
    WHEN 'microseconds' THEN floor(extract(second FROM moment) * 1000000)::bigint % 1000000
    ELSE floor(date_part(datepart, moment))
END::integer;

CREATE OR REPLACE FUNCTION redshift_catalog.date_part(datepart text, moment timestamptz) RETURNS double precision
LANGUAGE sql STABLE
RETURN CASE datepart
    WHEN 'second' THEN floor(extract(second FROM moment))
    WHEN 'milliseconds' THEN floor(extract(second FROM moment) * 1000)::bigint % 1000
    WHEN 'microseconds' THEN floor(extract(second FROM moment) * 1000000)::bigint % 1000000
    ELSE floor(date_part(datepart, moment))
END::double precision;

CREATE OR REPLACE FUNCTION redshift_catalog.date_part(datepart text, moment timetz) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE datepart
    WHEN 'second' THEN floor(extract(second FROM moment))
    WHEN 'milliseconds' THEN floor(extract(second FROM moment) * 1000)::bigint % 1000
    WHEN 'microseconds' THEN floor(extract(second FROM moment) * 1000000)::bigint % 1000000
    ELSE floor(date_part(datepart, moment))
END::integer;

-- A date gives a timestamp without a zone: https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_TRUNC.html
CREATE OR REPLACE FUNCTION pg_catalog.date_trunc(datepart text, moment date) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN date_trunc(datepart, moment::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.date_trunc(datepart text, moment text) RETURNS timestamp
LANGUAGE sql STABLE
RETURN date_trunc(datepart, moment::timestamp);

-- The last day of a month goes to the last day of a month:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_ADD_MONTHS.html
CREATE OR REPLACE FUNCTION pg_catalog.add_months(moment timestamp, months bigint) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN (moment + interval '1 day')::date = date_trunc('month', moment + interval '1 day')::date
        THEN date_trunc('month', moment) + (months + 1) * interval '1 month' - interval '1 day' + moment::time
    ELSE moment + months * interval '1 month'
END;

CREATE OR REPLACE FUNCTION pg_catalog.add_months(moment date, months bigint) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN add_months(moment::timestamp, months);

CREATE OR REPLACE FUNCTION pg_catalog.add_months(moment text, months bigint) RETURNS timestamp
LANGUAGE sql STABLE
RETURN add_months(moment::timestamp, months);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_LAST_DAY.html
CREATE OR REPLACE FUNCTION pg_catalog.last_day(moment timestamp) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN (date_trunc('month', moment) + interval '1 month' - interval '1 day')::date;

CREATE OR REPLACE FUNCTION pg_catalog.last_day(moment date) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN last_day(moment::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.last_day(moment text) RETURNS date
LANGUAGE sql STABLE
RETURN last_day(moment::timestamp);

-- The first such weekday after a date: https://docs.aws.amazon.com/redshift/latest/dg/r_NEXT_DAY.html
CREATE OR REPLACE FUNCTION pg_catalog.next_day(moment timestamp, weekday text) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN moment::date + 1 + mod(
    6 + CASE left(lower(weekday), 2)
        WHEN 'su' THEN 0 WHEN 'mo' THEN 1 WHEN 'tu' THEN 2 WHEN 'we' THEN 3
        WHEN 'th' THEN 4 WHEN 'fr' THEN 5 WHEN 'sa' THEN 6
    END - extract(dow FROM moment)::integer, 7
);

CREATE OR REPLACE FUNCTION pg_catalog.next_day(moment date, weekday text) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN next_day(moment::timestamp, weekday);

CREATE OR REPLACE FUNCTION pg_catalog.next_day(moment text, weekday text) RETURNS date
LANGUAGE sql STABLE
RETURN next_day(moment::timestamp, weekday);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_MONTHS_BETWEEN_function.html
CREATE OR REPLACE FUNCTION pg_catalog.months_between(first timestamp, last timestamp) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN extract(day FROM first) = extract(day FROM last)
        OR (first::date = last_day(first) AND last::date = last_day(last))
        THEN redshift_catalog.boundary('month', first) - redshift_catalog.boundary('month', last)
    ELSE redshift_catalog.boundary('month', first) - redshift_catalog.boundary('month', last)
        + (extract(epoch FROM first - date_trunc('month', first))
            - extract(epoch FROM last - date_trunc('month', last))) / 2678400.0
END::double precision;

CREATE OR REPLACE FUNCTION pg_catalog.months_between(first date, last date) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN months_between(first::timestamp, last::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.months_between(first text, last text) RETURNS double precision
LANGUAGE sql STABLE
RETURN months_between(first::timestamp, last::timestamp);

-- The date of a timestamp: https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNC_date.html
CREATE OR REPLACE FUNCTION pg_catalog.trunc(moment timestamp) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN moment::date;

-- -1, 0 or 1: https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_CMP.html
CREATE OR REPLACE FUNCTION pg_catalog.date_cmp(first date, last date) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN sign(first - last)::integer;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_TIMESTAMP_CMP.html
CREATE OR REPLACE FUNCTION pg_catalog.timestamp_cmp(first timestamp, last timestamp) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN first < last THEN -1 WHEN first > last THEN 1 WHEN first = last THEN 0 END;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_PART_YEAR.html
CREATE OR REPLACE FUNCTION pg_catalog.date_part_year(moment date) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN extract(year FROM moment)::integer;

-- https://docs.aws.amazon.com/redshift/latest/dg/CONVERT_TIMEZONE.html
CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(target_zone text, moment timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN (moment AT TIME ZONE 'UTC') AT TIME ZONE target_zone;

CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(source_zone text, target_zone text, moment timestamp)
RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN (moment AT TIME ZONE source_zone) AT TIME ZONE target_zone;

-- Days are added to and taken from timestamps as whole numbers: getdate() - 7.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT t.name AS type_name, o.symbol, o.name
        FROM unnest(ARRAY['timestamp', 'timestamptz']) AS t (name)
        CROSS JOIN (VALUES ('+', 'add_days'), ('-', 'take_days')) AS o (symbol, name)
    LOOP
        CONTINUE WHEN to_regoperator(format('pg_catalog.%s(%s, integer)', made.symbol, made.type_name)) IS NOT NULL;
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.%1$s(moment %2$s, days integer) RETURNS %2$s '
            'LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN moment %3$s days * interval ''1 day''',
            made.name, made.type_name, made.symbol
        );
        EXECUTE format(
            'CREATE OPERATOR pg_catalog.%1$s (LEFTARG = %2$s, RIGHTARG = integer, FUNCTION = redshift_catalog.%3$s)',
            made.symbol, made.type_name, made.name
        );
    END LOOP;
END
$$;

-- -1, 0 or 1: https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_CMP_TIMESTAMP.html and the pages beside it. Those of
-- them that PostgreSQL has are left to it.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT firsts.name || '_cmp_' || lasts.name AS name, firsts.name AS first, lasts.name AS last
        FROM unnest(ARRAY['date', 'timestamp', 'timestamptz']) AS firsts (name)
        JOIN unnest(ARRAY['date', 'timestamp', 'timestamptz']) AS lasts (name) ON firsts.name <> lasts.name
        UNION ALL
        SELECT 'interval_cmp', 'interval', 'interval'
        UNION ALL
        SELECT 'timestamptz_cmp', 'timestamptz', 'timestamptz'
    LOOP
        CONTINUE WHEN to_regprocedure(format('pg_catalog.%s(%s, %s)', made.name, made.first, made.last)) IS NOT NULL;
        EXECUTE format(
            'CREATE FUNCTION pg_catalog.%s(first %s, last %s) RETURNS integer LANGUAGE sql STABLE STRICT PARALLEL SAFE '
            'RETURN CASE WHEN first < last THEN -1 WHEN first > last THEN 1 ELSE 0 END',
            made.name, made.first, made.last
        );
    END LOOP;
END
$$;

-- The 31st of June is the 1st of July unless is_strict says otherwise:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_DATE_function.html
CREATE OR REPLACE FUNCTION redshift_catalog.to_date(value text, format text, is_strict boolean DEFAULT false) RETURNS date
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    place integer := strpos(upper(format), 'DD');
    digits text := substr(value, place, 2);
BEGIN
    RETURN pg_catalog.to_date(value, format);
EXCEPTION
    WHEN datetime_field_overflow THEN
        IF is_strict OR place = 0 OR digits !~ '^[0-9]{2}$' OR digits::integer NOT BETWEEN 1 AND 31 THEN
            RAISE;
        END IF;
        RETURN pg_catalog.to_date(overlay(value PLACING '01' FROM place FOR 2), format) + digits::integer - 1;
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.to_date(value bigint, format text, is_strict boolean DEFAULT false)
RETURNS date
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN redshift_catalog.to_date(value::text, format, is_strict);

-- Days past a month's end go over, and so does 24 o'clock: https://docs.aws.amazon.com/redshift/latest/dg/r_TO_TIMESTAMP.html
CREATE OR REPLACE FUNCTION redshift_catalog.to_timestamp(value text, format text, is_strict boolean DEFAULT false)
RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    day_at integer := strpos(upper(format), 'DD');
    day text := substr(value, day_at, 2);
    -- 'HH24' is two characters longer than its value
    hour_at integer := strpos(upper(format), 'HH24');
    hour text := substr(value, hour_at, 2);
    over interval := interval '0';
BEGIN
    RETURN pg_catalog.to_timestamp(value, format);
EXCEPTION
    WHEN datetime_field_overflow THEN
        IF is_strict OR day_at = 0 OR day !~ '^[0-9]{2}$' OR day::integer NOT BETWEEN 1 AND 31 THEN
            RAISE;
        END IF;
        IF hour_at > 0 AND hour = '24' THEN
            value := overlay(value PLACING '00' FROM hour_at FOR 2);
            over := interval '1 day';
        END IF;
        value := overlay(value PLACING '01' FROM day_at FOR 2);
        RETURN pg_catalog.to_timestamp(value, format) + (day::integer - 1) * interval '1 day' + over;
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.to_timestamp(value bigint, format text, is_strict boolean DEFAULT false)
RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN redshift_catalog.to_timestamp(value::text, format, is_strict);
