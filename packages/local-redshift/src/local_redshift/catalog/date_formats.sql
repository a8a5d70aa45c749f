-- Dates and times from and to text: TO_DATE, TO_TIMESTAMP, TO_CHAR.

-- A date or time of which a part is out of range: "overflow values are accepted" unless is_strict says otherwise, so that
-- the 31st of June is the 1st of July. Both texts are cut at their separators; within what is left, parts have a fixed width.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_DATE_function.html
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_TIMESTAMP.html
CREATE OR REPLACE FUNCTION redshift_catalog.overflowing(value text, format text, is_strict boolean, message text)
RETURNS timestamp
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    parts CONSTANT text[] := ARRAY['MM', 'DD', 'HH24', 'MI', 'SS'];
    firsts CONSTANT integer[] := ARRAY[1, 1, 0, 0, 0];
    formats text[] := regexp_split_to_array(upper(format), '[^A-Z0-9]+');
    texts text[] := regexp_split_to_array(value, '[^A-Za-z0-9]+');
    found integer[] := firsts;
    place integer;
    digits text;
    base timestamp;
BEGIN
    FOR number IN 1 .. 5 LOOP
        FOR at IN 1 .. least(cardinality(formats), cardinality(texts)) LOOP
            place := strpos(formats[at], parts[number]);
            CONTINUE WHEN place = 0;
            -- HH24 stands for two characters
            place := place - 2 * (strpos(left(formats[at], place - 1), 'HH24') > 0)::integer;
            digits := CASE WHEN formats[at] = parts[number] THEN texts[at] ELSE substr(texts[at], place, 2) END;
            CONTINUE WHEN digits !~ '^[0-9]{1,2}$';
            found[number] := digits;
            texts[at] := overlay(texts[at] PLACING lpad(firsts[number]::text, 2, '0') FROM place FOR length(digits));
        END LOOP;
    END LOOP;
    IF found = firsts OR found[1] < 1 OR found[2] < 1 THEN
        RAISE EXCEPTION '%', message USING ERRCODE = 'datetime_field_overflow';
    END IF;
    base := pg_catalog.to_timestamp(array_to_string(texts, ' '), array_to_string(formats, ' '));
    IF is_strict AND (found[3] > 23 OR found[4] > 59 OR found[5] > 59) THEN
        RAISE EXCEPTION 'date/time field time value out of range: %:%:%.0', found[3], lpad(found[4]::text, 2, '0'), found[5]
            USING ERRCODE = 'datetime_field_overflow';
    ELSIF is_strict THEN
        RAISE EXCEPTION 'date/time field date value out of range: %-%-%', extract(year FROM base), found[1], found[2]
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
        RETURN redshift_catalog.overflowing(value, format, is_strict, SQLERRM)::date;
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
        RETURN redshift_catalog.overflowing(value, format, is_strict, SQLERRM);
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
