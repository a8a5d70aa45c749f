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

-- A quotient of decimals has the scale of its type, and what goes beyond is cut off. The planner writes the divisor as a
-- row with the powers of ten of that scale: a / b is a OPERATOR(redshift_catalog./) ROW(b, 1e9, 1e-9)::divisor. As an
-- operator it leaves a column without an alias the name that it has.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
DO $$
BEGIN
    IF to_regtype('redshift_catalog.divisor') IS NULL THEN
        CREATE TYPE redshift_catalog.divisor AS (value numeric, up numeric, down numeric);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.quotient(dividend numeric, divisor redshift_catalog.divisor)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN div(dividend * (divisor).up, (divisor).value) * (divisor).down;

DO $$
BEGIN
    IF to_regoperator('redshift_catalog./(numeric, redshift_catalog.divisor)') IS NULL THEN
        CREATE OPERATOR redshift_catalog./ (
            LEFTARG = numeric, RIGHTARG = redshift_catalog.divisor, FUNCTION = redshift_catalog.quotient
        );
    END IF;
END
$$;

-- Sums, differences and products whose type has the largest precision there is. The planner takes these operators in
-- place of PostgreSQL's only then.
CREATE OR REPLACE FUNCTION redshift_catalog.fitting_number(value numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF abs(value) >= ('1e' || greatest(38 - scale(value), 0))::numeric THEN
        RAISE EXCEPTION 'Numeric data overflow (result precision)' USING ERRCODE = 'numeric_value_out_of_range';
    END IF;
    RETURN value;
END
$$;

DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT * FROM (VALUES ('+', 'sum'), ('-', 'difference'), ('*', 'product')) AS o (symbol, name)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.fitting_%s(a numeric, b numeric) RETURNS numeric '
            'LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN redshift_catalog.fitting_number(a %s b)',
            made.name, made.symbol
        );
        CONTINUE WHEN to_regoperator(format('redshift_catalog.%s(numeric, numeric)', made.symbol)) IS NOT NULL;
        EXECUTE format(
            'CREATE OPERATOR redshift_catalog.%s (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = '
            'redshift_catalog.fitting_%s)',
            made.symbol, made.name
        );
    END LOOP;
END
$$;
