-- Redshift's functions that PostgreSQL lacks, in pg_catalog, where every session finds them whatever its search_path.

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_COPY_COUNT.html and the pages beside it; the server sets the
-- values right before a statement that asks for them.
CREATE OR REPLACE FUNCTION pg_catalog.pg_last_copy_count() RETURNS bigint LANGUAGE sql STABLE
RETURN COALESCE(NULLIF(current_setting('redshift.last_copy_count', true), ''), '0')::bigint;

CREATE OR REPLACE FUNCTION pg_catalog.pg_last_copy_id() RETURNS bigint LANGUAGE sql STABLE
RETURN COALESCE(NULLIF(current_setting('redshift.last_copy_id', true), ''), '-1')::bigint;

CREATE OR REPLACE FUNCTION pg_catalog.pg_last_query_id() RETURNS bigint LANGUAGE sql STABLE
RETURN COALESCE(NULLIF(current_setting('redshift.last_query_id', true), ''), '-1')::bigint;

-- Start of the statement, without a zone, in whole seconds: https://docs.aws.amazon.com/redshift/latest/dg/r_GETDATE.html
CREATE OR REPLACE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE
RETURN date_trunc('second', statement_timestamp()::timestamp);

-- Start of the transaction: https://docs.aws.amazon.com/redshift/latest/dg/r_SYSDATE.html
CREATE OR REPLACE FUNCTION pg_catalog.sysdate() RETURNS timestamp LANGUAGE sql STABLE
RETURN transaction_timestamp()::timestamp;

-- Characters: https://docs.aws.amazon.com/redshift/latest/dg/r_LEN.html
CREATE OR REPLACE FUNCTION pg_catalog.len(text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
RETURN char_length($1);

-- All matches, not the first: https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_REPLACE.html
CREATE OR REPLACE FUNCTION pg_catalog.redshift_regexp_replace(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN regexp_replace($1, $2, '', 'g');
CREATE OR REPLACE FUNCTION pg_catalog.redshift_regexp_replace(text, text, text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
RETURN regexp_replace($1, $2, $3, 'g');

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STRTOL.html
CREATE OR REPLACE FUNCTION pg_catalog.strtol(digits text, base integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT AS $body$
DECLARE
    result bigint := 0;
    place integer;
    symbol text;
BEGIN
    IF base NOT BETWEEN 2 AND 36 THEN
        RAISE EXCEPTION 'The base of STRTOL must be from 2 to 36, not %', base USING ERRCODE = '22023';
    END IF;
    FOREACH symbol IN ARRAY regexp_split_to_array(lower(regexp_replace(digits, '^[+-]?(0[xX])?', '')), '') LOOP
        place := strpos('0123456789abcdefghijklmnopqrstuvwxyz', symbol) - 1;
        IF place < 0 OR place >= base THEN
            RAISE EXCEPTION 'The input % is not valid to be converted to base %', digits, base
                USING ERRCODE = '22023';
        END IF;
        result := result * base + place;
    END LOOP;
    RETURN CASE WHEN digits LIKE '-%' THEN -result ELSE result END;
END
$body$;

-- DATEADD: months end where the shorter month ends: https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html
CREATE OR REPLACE FUNCTION pg_catalog.redshift_interval(part text, amount bigint) RETURNS interval
LANGUAGE sql IMMUTABLE STRICT
RETURN CASE part
    WHEN 'millennium' THEN make_interval(years => (amount * 1000)::integer)
    WHEN 'century' THEN make_interval(years => (amount * 100)::integer)
    WHEN 'decade' THEN make_interval(years => (amount * 10)::integer)
    WHEN 'year' THEN make_interval(years => amount::integer)
    WHEN 'quarter' THEN make_interval(months => (amount * 3)::integer)
    WHEN 'month' THEN make_interval(months => amount::integer)
    WHEN 'week' THEN make_interval(days => (amount * 7)::integer)
    WHEN 'day' THEN make_interval(days => amount::integer)
    WHEN 'dow' THEN make_interval(days => amount::integer)
    WHEN 'doy' THEN make_interval(days => amount::integer)
    WHEN 'hour' THEN amount * interval '1 hour'
    WHEN 'minute' THEN amount * interval '1 minute'
    WHEN 'second' THEN amount * interval '1 second'
    WHEN 'epoch' THEN amount * interval '1 second'
    WHEN 'milliseconds' THEN amount * interval '0.001 second'
    WHEN 'microseconds' THEN amount * interval '0.000001 second'
END;
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, amount bigint, moment timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT
RETURN moment + redshift_interval(part, amount);
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, amount bigint, moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE STRICT
RETURN moment + redshift_interval(part, amount);
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, amount bigint, moment date) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT
RETURN moment::timestamp + redshift_interval(part, amount);

-- DATEDIFF counts the boundaries between two moments, not elapsed time:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first timestamp, second timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT
RETURN CASE part
    WHEN 'millennium' THEN extract(millennium FROM second) - extract(millennium FROM first)
    WHEN 'century' THEN extract(century FROM second) - extract(century FROM first)
    WHEN 'decade' THEN extract(decade FROM second) - extract(decade FROM first)
    WHEN 'year' THEN extract(year FROM second) - extract(year FROM first)
    WHEN 'quarter' THEN (extract(year FROM second) - extract(year FROM first)) * 4
        + extract(quarter FROM second) - extract(quarter FROM first)
    WHEN 'month' THEN (extract(year FROM second) - extract(year FROM first)) * 12
        + extract(month FROM second) - extract(month FROM first)
    WHEN 'week' THEN ((date_trunc('week', second + interval '1 day'))::date
        - (date_trunc('week', first + interval '1 day'))::date) / 7
    WHEN 'day' THEN second::date - first::date
    WHEN 'dow' THEN second::date - first::date
    WHEN 'doy' THEN second::date - first::date
    WHEN 'hour' THEN extract(epoch FROM date_trunc('hour', second) - date_trunc('hour', first)) / 3600
    WHEN 'minute' THEN extract(epoch FROM date_trunc('minute', second) - date_trunc('minute', first)) / 60
    WHEN 'second' THEN extract(epoch FROM date_trunc('second', second) - date_trunc('second', first))
    WHEN 'epoch' THEN extract(epoch FROM date_trunc('second', second) - date_trunc('second', first))
    WHEN 'milliseconds' THEN floor(extract(epoch FROM second) * 1000) - floor(extract(epoch FROM first) * 1000)
    WHEN 'microseconds' THEN (extract(epoch FROM second) - extract(epoch FROM first)) * 1000000
END::bigint;

-- https://docs.aws.amazon.com/redshift/latest/dg/CONVERT_TIMEZONE.html
CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(source text, target text, moment timestamp) RETURNS timestamp
LANGUAGE sql STABLE STRICT
RETURN (moment AT TIME ZONE source) AT TIME ZONE target;
CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(target text, moment timestamp) RETURNS timestamp
LANGUAGE sql STABLE STRICT
RETURN (moment AT TIME ZONE 'UTC') AT TIME ZONE target;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNC_date.html and the pages beside it
CREATE OR REPLACE FUNCTION pg_catalog.trunc(moment timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT
RETURN moment::date;
CREATE OR REPLACE FUNCTION pg_catalog.last_day(moment timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT
RETURN (date_trunc('month', moment) + interval '1 month' - interval '1 day')::date;
CREATE OR REPLACE FUNCTION pg_catalog.add_months(moment timestamp, months integer) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT
RETURN CASE
    WHEN moment::date = last_day(moment)
        THEN last_day(moment + make_interval(months => months)) + moment::time
    ELSE moment + make_interval(months => months)
END;
CREATE OR REPLACE FUNCTION pg_catalog.months_between(later timestamp, earlier timestamp) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT
RETURN (extract(year FROM later) - extract(year FROM earlier)) * 12
    + extract(month FROM later) - extract(month FROM earlier)
    + CASE
        WHEN extract(day FROM later) = extract(day FROM earlier)
            OR (later::date = last_day(later) AND earlier::date = last_day(earlier)) THEN 0
        ELSE (extract(day FROM later) - extract(day FROM earlier)) / 31.0
    END;
