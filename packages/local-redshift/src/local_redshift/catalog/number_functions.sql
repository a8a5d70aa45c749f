-- Redshift's aggregates and mathematical functions that PostgreSQL does not have, or has with another meaning.

-- AVG of integers is a BIGINT, its fraction cut off; of DECIMAL it has the argument's scale, cut off too:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html
-- The planner passes PostgreSQL's average, the minimum, which has the argument's type, and the sum, which has its scale.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT * FROM (VALUES
            ('numeric', 'smallint', 'bigint', 'bigint', 'trunc(average)::bigint'),
            ('numeric', 'integer', 'bigint', 'bigint', 'trunc(average)::bigint'),
            ('numeric', 'bigint', 'numeric', 'bigint', 'trunc(average)::bigint'),
            ('numeric', 'numeric', 'numeric', 'numeric', 'trunc(average, scale(total))'),
            ('double precision', 'real', 'real', 'double precision', 'average'),
            ('double precision', 'double precision', 'double precision', 'double precision', 'average'),
            ('interval', 'interval', 'interval', 'interval', 'average')
        ) AS a (average, minimum, total, result, expression)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.avg(average %s, minimum %s, total %s) RETURNS %s '
            'LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %s',
            made.average, made.minimum, made.total, made.result, made.expression
        );
    END LOOP;
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_DLOG1.html
CREATE OR REPLACE FUNCTION pg_catalog.dlog1(value double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ln(value);

CREATE OR REPLACE FUNCTION pg_catalog.dlog10(value double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN log(value);

-- Rounds and cuts doubles to places: https://docs.aws.amazon.com/redshift/latest/dg/r_ROUND.html
CREATE OR REPLACE FUNCTION pg_catalog.round(value double precision, places integer) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(value::numeric, places)::double precision;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNC.html
CREATE OR REPLACE FUNCTION pg_catalog.trunc(value double precision, places integer) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trunc(value::numeric, places)::double precision;


-- 3 of 27 and not 3.0000000000000004: https://docs.aws.amazon.com/redshift/latest/dg/r_CBRT.html
CREATE OR REPLACE FUNCTION redshift_catalog.cbrt(value double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN round(dcbrt(value)) ^ 3 = value THEN round(dcbrt(value)) ELSE dcbrt(value) END;

-- The same type as the argument: https://docs.aws.amazon.com/redshift/latest/dg/r_CEILING_FLOOR.html
-- https://docs.aws.amazon.com/redshift/latest/dg/r_FLOOR.html
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT functions.name, types.name AS type_name, types.value
        FROM unnest(ARRAY['ceil', 'ceiling', 'floor']) AS functions (name)
        CROSS JOIN (VALUES
            ('smallint', 'value'), ('integer', 'value'), ('bigint', 'value'), ('real', '%s(value::double precision)::real')
        ) AS types (name, value)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION pg_catalog.%1$s(value %2$s) RETURNS %2$s '
            'LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN %3$s',
            made.name, made.type_name, format(made.value, made.name)
        );
    END LOOP;
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_DEXP.html
CREATE OR REPLACE FUNCTION pg_catalog.dexp(value double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN exp(value);

-- L is the dollar: https://docs.aws.amazon.com/redshift/latest/dg/r_TO_CHAR.html
CREATE OR REPLACE FUNCTION redshift_catalog.with_dollar(format text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
    WHEN strpos(format, '"') > 0 THEN format ELSE regexp_replace(format, '(?<![Pp])[Ll]', '"$"', 'g')
END;

DO $$
DECLARE
    type_name text;
BEGIN
    FOREACH type_name IN ARRAY ARRAY['integer', 'bigint', 'numeric', 'real', 'double precision'] LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION pg_catalog.to_char(value %1$s, format text) RETURNS text '
            'LANGUAGE sql STABLE STRICT PARALLEL SAFE '
            'RETURN redshift_catalog.to_char(value, redshift_catalog.with_dollar(format))',
            type_name
        );
    END LOOP;
END
$$;
