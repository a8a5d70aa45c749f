-- Dates and times from and to text: TO_DATE, TO_TIMESTAMP, TO_CHAR.

-- What stands in a text where a format has a two-digit part; NULL when it is no number. 'HH24' is two characters longer
-- than its value.
CREATE OR REPLACE FUNCTION redshift_catalog.digits_at(value text, format text, part text, OUT place integer, OUT digits integer)
LANGUAGE sql IMMUTABLE
AS $$
    SELECT p.place, CASE WHEN p.place > 0 AND substr(value, p.place, 2) ~ '^[0-9]{2}$' THEN substr(value, p.place, 2)::integer END
    FROM (
        SELECT strpos(f, part) - 2 * (length(b) - length(replace(replace(b, 'HH24', 'HH'), 'HH12', 'HH'))) / 2 AS place
        FROM (SELECT upper(format) AS f, left(upper(format), greatest(strpos(upper(format), part) - 1, 0)) AS b) AS t
    ) AS p
$$;

-- A date or time of which a part is out of range: "overflow values are accepted" unless is_strict says otherwise, so that
-- the 31st of June is the 1st of July. Parts are found where they have two digits.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_DATE_function.html
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_TIMESTAMP.html
CREATE OR REPLACE FUNCTION redshift_catalog.overflowing(value text, format text, is_strict boolean) RETURNS timestamp
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    parts CONSTANT text[] := ARRAY['MM', 'DD', 'HH24', 'MI', 'SS'];
    firsts CONSTANT integer[] := ARRAY[1, 1, 0, 0, 0];
    lasts CONSTANT integer[] := ARRAY[12, 31, 23, 59, 59];
    found integer[] := firsts;
    part record;
    base timestamp;
BEGIN
    FOR number IN 1 .. 5 LOOP
        part := redshift_catalog.digits_at(value, format, parts[number]);
        CONTINUE WHEN part.digits IS NULL;
        found[number] := part.digits;
        value := overlay(value PLACING lpad(firsts[number]::text, 2, '0') FROM part.place FOR 2);
    END LOOP;
    base := pg_catalog.to_timestamp(value, format);
    IF found[1] < 1 OR found[2] < 1 OR is_strict THEN
        IF found[3] > lasts[3] OR found[4] > lasts[4] OR found[5] > lasts[5] THEN
            RAISE EXCEPTION 'date/time field time value out of range: %:%:%.0',
                found[3], lpad(found[4]::text, 2, '0'), found[5]
                USING ERRCODE = 'datetime_field_overflow';
        END IF;
        RAISE EXCEPTION 'date/time field date value out of range: %-%-%',
            extract(year FROM base), found[1], found[2]
            USING ERRCODE = 'datetime_field_overflow';
    END IF;
    RETURN base + make_interval(
        months => found[1] - 1, days => found[2] - 1, hours => found[3], mins => found[4], secs => found[5]
    );
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.to_date(value text, format text, is_strict boolean DEFAULT false) RETURNS date
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN pg_catalog.to_date(value, format);
EXCEPTION
    WHEN datetime_field_overflow THEN
        RETURN redshift_catalog.overflowing(value, format, is_strict)::date;
END
$$;

-- "If this argument is left as empty, the timestamp value defaults to 0001-01-01 00:00:00":
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_TIMESTAMP.html
CREATE OR REPLACE FUNCTION redshift_catalog.to_timestamp(value text, format text, is_strict boolean DEFAULT false)
RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF value = '' THEN
        RETURN timestamp '0001-01-01';
    END IF;
    RETURN pg_catalog.to_timestamp(value, format);
EXCEPTION
    WHEN datetime_field_overflow THEN
        RETURN redshift_catalog.overflowing(value, format, is_strict);
END
$$;

-- Numbers and times are converted to text first: to_timestamp(sysdate, 'YYYY-MM-DD HH24:MI:SS').
DO $$
DECLARE
    type_name text;
BEGIN
    FOREACH type_name IN ARRAY ARRAY['bigint', 'date', 'timestamp', 'timestamptz'] LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.to_date('
            'value %s, format text, is_strict boolean DEFAULT false) RETURNS date LANGUAGE sql STABLE STRICT PARALLEL SAFE '
            'RETURN redshift_catalog.to_date(value::text, format, is_strict)',
            type_name
        );
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.to_timestamp('
            'value %s, format text, is_strict boolean DEFAULT false) RETURNS timestamptz LANGUAGE sql STABLE STRICT '
            'PARALLEL SAFE RETURN redshift_catalog.to_timestamp(value::text, format, is_strict)',
            type_name
        );
    END LOOP;
END
$$;

-- TO_CHAR of a TIMESTAMP writes the session's zone for TZ and its offset for OF, where PostgreSQL's writes nothing and zero:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_CHAR.html
CREATE OR REPLACE FUNCTION redshift_catalog.to_char_without_zone(moment timestamp, format text) RETURNS text
LANGUAGE internal STABLE STRICT PARALLEL SAFE
AS 'timestamp_to_char';

CREATE OR REPLACE FUNCTION pg_catalog.to_char(timestamp, text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN $2 ~* 'tz|of' THEN to_char($1::timestamptz, $2)
    ELSE redshift_catalog.to_char_without_zone($1, $2)
END;
