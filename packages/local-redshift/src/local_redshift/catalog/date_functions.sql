-- Redshift's arithmetic of dates and times. Dateparts arrive as PostgreSQL's names: the planner has replaced the abbreviations.

-- The time at which the statement began, without a zone and a fraction:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_GETDATE.html
CREATE OR REPLACE FUNCTION pg_catalog.getdate() RETURNS timestamp
LANGUAGE sql STABLE
RETURN date_trunc('second', statement_timestamp()::timestamp);

-- The time at which the transaction began: https://docs.aws.amazon.com/redshift/latest/dg/r_SYSDATE.html
CREATE OR REPLACE FUNCTION pg_catalog.sysdate() RETURNS timestamp
LANGUAGE sql STABLE
RETURN transaction_timestamp()::timestamp;

-- The same under the names that columns of SYSDATE and CURRENT_DATE have:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_DATE_function.html
CREATE OR REPLACE FUNCTION redshift_catalog."timestamp"() RETURNS timestamp
LANGUAGE sql STABLE
RETURN transaction_timestamp()::timestamp;

CREATE OR REPLACE FUNCTION redshift_catalog.date() RETURNS date
LANGUAGE sql STABLE
RETURN CURRENT_DATE;

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

-- The same for a time of day, which has no other parts: "The DATE, TIME, TIMETZ, or TIMESTAMP expression must contain
-- the specified date part." https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html
CREATE OR REPLACE FUNCTION redshift_catalog.part_without_time(datepart text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RAISE EXCEPTION 'timestamp units "%" not supported for a time of day', datepart
        USING ERRCODE = 'feature_not_supported', HINT = 'A TIME or TIMETZ has hours, minutes, seconds and their fractions.';
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.one_of_day(datepart text) RETURNS interval
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN datepart IN ('hour', 'minute', 'second', 'epoch', 'milliseconds', 'microseconds')
        THEN redshift_catalog.one(datepart)
    ELSE redshift_catalog.part_without_time(datepart) * interval '1 second'
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
RETURN moment + amount * redshift_catalog.one_of_day(datepart);

-- "The output values in these examples are in UTC":
-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html#r_DATEADD_function-examples-timetz
CREATE OR REPLACE FUNCTION pg_catalog.date_add(datepart text, amount bigint, moment timetz) RETURNS timetz
LANGUAGE sql STABLE
RETURN (moment + amount * redshift_catalog.one_of_day(datepart)) AT TIME ZONE 'UTC';

CREATE OR REPLACE FUNCTION pg_catalog.date_add(datepart text, amount bigint, moment text) RETURNS timestamp
LANGUAGE sql STABLE
RETURN redshift_catalog.shift(datepart, amount, moment::timestamp);

-- The year, counted through: there is no year 0 between 1 BC and 1.
CREATE OR REPLACE FUNCTION redshift_catalog.year_number(moment timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN date_part('year', moment)::bigint + (moment < '0001-01-01')::integer;

-- The number of datepart boundaries between two times, however close they are:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html
-- Where a week begins is not documented; it is Sunday here, as for the datepart dow.
CREATE OR REPLACE FUNCTION redshift_catalog.boundary(datepart text, moment timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN CASE datepart
    WHEN 'millennium' THEN date_part('millennium', moment)::bigint + (moment < '0001-01-01')::integer
    WHEN 'century' THEN date_part('century', moment)::bigint + (moment < '0001-01-01')::integer
    WHEN 'decade' THEN date_part('decade', moment)::bigint
    WHEN 'year' THEN redshift_catalog.year_number(moment)
    WHEN 'quarter' THEN redshift_catalog.year_number(moment) * 4 + date_part('quarter', moment)::bigint
    WHEN 'month' THEN redshift_catalog.year_number(moment) * 12 + date_part('month', moment)::bigint
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

CREATE OR REPLACE FUNCTION redshift_catalog.boundary(datepart text, moment time) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN datepart IN ('hour', 'minute', 'second', 'epoch', 'milliseconds', 'microseconds')
        THEN redshift_catalog.boundary(datepart, timestamp '2000-01-01' + moment)
    ELSE redshift_catalog.part_without_time(datepart)
END;

CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first time, last time) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.boundary(datepart, last) - redshift_catalog.boundary(datepart, first);

CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first timetz, last timetz) RETURNS bigint
LANGUAGE sql STABLE
RETURN redshift_catalog.boundary(datepart, (last AT TIME ZONE 'UTC')::time)
    - redshift_catalog.boundary(datepart, (first AT TIME ZONE 'UTC')::time);

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

CREATE OR REPLACE FUNCTION pg_catalog.add_months(moment timestamptz, months bigint) RETURNS timestamp
LANGUAGE sql STABLE
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

CREATE OR REPLACE FUNCTION pg_catalog.last_day(moment timestamptz) RETURNS date
LANGUAGE sql STABLE
RETURN last_day(moment::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.last_day(moment text) RETURNS date
LANGUAGE sql STABLE
RETURN last_day(moment::timestamp);

CREATE OR REPLACE FUNCTION redshift_catalog.unknown_weekday(weekday text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
BEGIN
    RAISE EXCEPTION 'invalid day of the week: "%"', weekday
        USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Names of days: https://docs.aws.amazon.com/redshift/latest/dg/r_NEXT_DAY.html';
END
$$;

-- The first such weekday after a date: https://docs.aws.amazon.com/redshift/latest/dg/r_NEXT_DAY.html
CREATE OR REPLACE FUNCTION pg_catalog.next_day(moment timestamp, weekday text) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN moment::date + 1 + mod(
    6 - extract(dow FROM moment)::integer + CASE
        WHEN lower(weekday) IN ('su', 'sun', 'sunday') THEN 0
        WHEN lower(weekday) IN ('m', 'mo', 'mon', 'monday') THEN 1
        WHEN lower(weekday) IN ('tu', 'tue', 'tues', 'tuesday') THEN 2
        WHEN lower(weekday) IN ('w', 'we', 'wed', 'wednesday') THEN 3
        WHEN lower(weekday) IN ('th', 'thu', 'thurs', 'thursday') THEN 4
        WHEN lower(weekday) IN ('f', 'fr', 'fri', 'friday') THEN 5
        WHEN lower(weekday) IN ('sa', 'sat', 'saturday') THEN 6
        ELSE redshift_catalog.unknown_weekday(weekday)
    END, 7
);

CREATE OR REPLACE FUNCTION pg_catalog.next_day(moment date, weekday text) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN next_day(moment::timestamp, weekday);

CREATE OR REPLACE FUNCTION pg_catalog.next_day(moment timestamptz, weekday text) RETURNS date
LANGUAGE sql STABLE
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

CREATE OR REPLACE FUNCTION pg_catalog.months_between(first timestamptz, last timestamptz) RETURNS double precision
LANGUAGE sql STABLE
RETURN months_between(first::timestamp, last::timestamp);

-- A string as a TIMESTAMP. It counts as immutable, so that a literal is converted once and not for each row, as if it had
-- been written with its type.
CREATE OR REPLACE FUNCTION redshift_catalog.moment(value text) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN value::timestamp;

-- A string is converted to a TIMESTAMP, whatever it stands beside.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT
            l.name AS first, r.name AS last,
            CASE l.name WHEN 'text' THEN 'redshift_catalog.moment(first)' ELSE 'first::timestamp' END AS first_moment,
            CASE r.name WHEN 'text' THEN 'redshift_catalog.moment(last)' ELSE 'last::timestamp' END AS last_moment
        FROM unnest(ARRAY['text', 'date', 'timestamp', 'timestamptz']) AS l (name)
        CROSS JOIN unnest(ARRAY['text', 'date', 'timestamp', 'timestamptz']) AS r (name)
        WHERE 'text' IN (l.name, r.name)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION pg_catalog.date_diff(datepart text, first %1$s, last %2$s) RETURNS bigint '
            'LANGUAGE sql STABLE '
            'RETURN redshift_catalog.boundary(datepart, %4$s) - redshift_catalog.boundary(datepart, %3$s)',
            made.first, made.last, made.first_moment, made.last_moment
        );
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION pg_catalog.months_between(first %s, last %s) RETURNS double precision '
            'LANGUAGE sql STABLE RETURN months_between(%s, %s)',
            made.first, made.last, made.first_moment, made.last_moment
        );
    END LOOP;
END
$$;

-- The date of a timestamp: https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNC_date.html
CREATE OR REPLACE FUNCTION pg_catalog.trunc(moment timestamp) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN moment::date;

CREATE OR REPLACE FUNCTION pg_catalog.trunc(moment timestamptz) RETURNS date
LANGUAGE sql STABLE
RETURN moment::date;

CREATE OR REPLACE FUNCTION pg_catalog.trunc(moment date) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN moment;

-- A TIMESTAMPTZ is converted to a TIMESTAMP first, and a text is read as one, without its zone:
-- https://docs.aws.amazon.com/redshift/latest/dg/CONVERT_TIMEZONE.html
CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(target_zone text, moment timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN (moment AT TIME ZONE 'UTC') AT TIME ZONE target_zone;

CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(source_zone text, target_zone text, moment timestamp)
RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN (moment AT TIME ZONE source_zone) AT TIME ZONE target_zone;

DO $$
DECLARE
    type_name text;
BEGIN
    FOREACH type_name IN ARRAY ARRAY['timestamptz', 'date', 'text'] LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(target_zone text, moment %s) RETURNS timestamp '
            'LANGUAGE sql STABLE RETURN convert_timezone(target_zone, moment::timestamp)',
            type_name
        );
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(source_zone text, target_zone text, moment %s) '
            'RETURNS timestamp LANGUAGE sql STABLE RETURN convert_timezone(source_zone, target_zone, moment::timestamp)',
            type_name
        );
    END LOOP;
END
$$;

-- Days are added to and taken from timestamps as whole numbers: getdate() - 7.
SELECT redshift_catalog.add_operator(
    operators.symbol, operators.name, types.name, 'integer', types.name,
    format('a %s b * interval ''1 day''', operators.symbol), 'STABLE'
)
FROM unnest(ARRAY['timestamp', 'timestamptz']) AS types (name)
CROSS JOIN (VALUES ('+', 'add_days'), ('-', 'take_days')) AS operators (symbol, name);
