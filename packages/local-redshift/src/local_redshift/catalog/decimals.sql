-- Operators on decimals that the planner takes in place of PostgreSQL's.

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

-- A definition with the operators and casts that its author wrote.
CREATE OR REPLACE FUNCTION redshift_catalog.written_operators(definition text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN regexp_replace(
    regexp_replace(
        regexp_replace(
            replace(definition, 'OPERATOR(redshift_catalog./) ROW(', '/ ('),
            E', \'10*\'::numeric, 0[.]0*1[)]::redshift_catalog[.]divisor', ')', 'g'
        ),
        'OPERATOR[(]redshift_catalog[.]([*+-])[)]', E'\\1', 'g'
    ),
    '(::varchar)?::redshift_catalog[.]cut_(text|decimal)[(][0-9, ]+[)]', '', 'g'
);
