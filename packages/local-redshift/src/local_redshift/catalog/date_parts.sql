-- Parts of dates and times. Dateparts arrive as PostgreSQL's names: the planner has replaced the abbreviations.

-- EXTRACT gives integers of the named part only: https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html
-- DATE_PART gives DOUBLE PRECISION, and seconds with their fraction:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html
-- The first decade ends with the year 9, so the decade of 2000 is the 201st.
DO $body$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT functions.name, functions.whole, types.name AS type_name, types.moment, types.volatility,
            CASE
                WHEN functions.name = 'pg_catalog.pgdate_part' OR types.name = 'timestamptz' THEN 'double precision'
                ELSE 'integer'
            END AS result
        FROM (VALUES
            ('timestamp', 'moment', 'IMMUTABLE'), ('date', 'moment::timestamp', 'IMMUTABLE'),
            ('time', 'moment', 'IMMUTABLE'), ('timetz', 'moment', 'IMMUTABLE'),
            ('interval', 'moment', 'IMMUTABLE'), ('timestamptz', 'moment', 'STABLE')
        ) AS types (name, moment, volatility)
        CROSS JOIN (VALUES
            ('redshift_catalog.date_part', 'floor(date_part(datepart, %s))'),
            ('pg_catalog.pgdate_part', 'date_part(datepart, %s)')
        ) AS functions (name, whole)
    LOOP
        EXECUTE format(
            $function$
            CREATE OR REPLACE FUNCTION %1$s(datepart text, moment %2$s) RETURNS %3$s
            LANGUAGE sql %4$s
            RETURN CASE datepart
                WHEN 'milliseconds' THEN floor(date_part('milliseconds', %6$s))::bigint %% 1000
                WHEN 'microseconds' THEN date_part('microseconds', %6$s)::bigint %% 1000000
                WHEN 'decade' THEN date_part('decade', %6$s) + 1
                ELSE %5$s
            END::%3$s
            $function$,
            made.name, made.type_name, made.result, made.volatility, format(made.whole, made.moment), made.moment
        );
    END LOOP;
END
$body$;

CREATE OR REPLACE FUNCTION redshift_catalog.date_part(datepart text, moment text) RETURNS integer
LANGUAGE sql STABLE
RETURN redshift_catalog.date_part(datepart, moment::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.pgdate_part(datepart text, moment text) RETURNS double precision
LANGUAGE sql STABLE
RETURN pgdate_part(datepart, moment::timestamp);

-- A date gives a timestamp without a zone: https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_TRUNC.html
CREATE OR REPLACE FUNCTION pg_catalog.date_trunc(datepart text, moment date) RETURNS timestamp
LANGUAGE sql IMMUTABLE
RETURN date_trunc(datepart, moment::timestamp);

CREATE OR REPLACE FUNCTION pg_catalog.date_trunc(datepart text, moment text) RETURNS timestamp
LANGUAGE sql STABLE
RETURN date_trunc(datepart, moment::timestamp);

-- A TIME does not convert to a timestamp; PostgreSQL would take it for an interval.
CREATE OR REPLACE FUNCTION pg_catalog.date_trunc(datepart text, moment time) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RAISE EXCEPTION 'function date_trunc(text, time without time zone) does not exist'
        USING ERRCODE = 'undefined_function', HINT = 'DATE_TRUNC takes a TIMESTAMP: add the time to a date.';
END
$$;

-- "A date column or an expression that implicitly converts to a date":
-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_PART_YEAR.html
CREATE OR REPLACE FUNCTION pg_catalog.date_part_year(moment date) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN extract(year FROM moment)::integer;

CREATE OR REPLACE FUNCTION pg_catalog.date_part_year(moment timestamp) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN extract(year FROM moment)::integer;

CREATE OR REPLACE FUNCTION pg_catalog.date_part_year(moment timestamptz) RETURNS integer
LANGUAGE sql STABLE
RETURN extract(year FROM moment)::integer;

CREATE OR REPLACE FUNCTION pg_catalog.date_part_year(moment text) RETURNS integer
LANGUAGE sql STABLE
RETURN date_part_year(moment::date);
