-- Operators on types that Redshift converts of itself and PostgreSQL does not.
-- https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html#r_Type_conversion

-- firstname + ' ' + lastname, as in https://docs.aws.amazon.com/redshift/latest/dg/r_NVL2.html
CREATE OR REPLACE FUNCTION redshift_catalog.join_strings(first text, last text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN first || last;

DO $$
BEGIN
    IF to_regoperator('pg_catalog.+(text, text)') IS NULL THEN
        CREATE OPERATOR pg_catalog.+ (LEFTARG = text, RIGHTARG = text, FUNCTION = redshift_catalog.join_strings);
    END IF;
END
$$;

-- Numbers are compared with strings as strings, decimals with strings as decimals.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT sides.first, sides.last, types.compared_as, comparisons.symbol, comparisons.name
        FROM (VALUES
            ('smallint', 'text'), ('integer', 'text'), ('bigint', 'text'), ('real', 'text'),
            ('double precision', 'text'), ('numeric', 'numeric')
        ) AS types (name, compared_as)
        CROSS JOIN LATERAL (VALUES (types.name, 'text'), ('text', types.name)) AS sides (first, last)
        CROSS JOIN (VALUES
            ('=', 'equal'), ('<>', 'differ'), ('<', 'less'), ('<=', 'not_more'), ('>', 'more'), ('>=', 'not_less')
        ) AS comparisons (symbol, name)
    LOOP
        CONTINUE WHEN to_regoperator(format('pg_catalog.%s(%s, %s)', made.symbol, made.first, made.last)) IS NOT NULL;
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.%1$s(a %2$s, b %3$s) RETURNS boolean '
            'LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN a::%4$s %5$s b::%4$s',
            made.name, made.first, made.last, made.compared_as, made.symbol
        );
        EXECUTE format(
            'CREATE OPERATOR pg_catalog.%1$s (LEFTARG = %2$s, RIGHTARG = %3$s, FUNCTION = redshift_catalog.%4$s)',
            made.symbol, made.first, made.last, made.name
        );
    END LOOP;
END
$$;

-- saletime LIKE '2008-09%', as in https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_TRUNC.html
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT types.name AS first, operators.symbol, operators.name
        FROM unnest(ARRAY['date', 'timestamp', 'timestamptz', 'smallint', 'integer', 'bigint', 'numeric']) AS types (name)
        CROSS JOIN (VALUES
            ('~~', 'is_like'), ('!~~', 'is_not_like'), ('~~*', 'is_ilike'), ('!~~*', 'is_not_ilike')
        ) AS operators (symbol, name)
    LOOP
        CONTINUE WHEN to_regoperator(format('pg_catalog.%s(%s, text)', made.symbol, made.first)) IS NOT NULL;
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.%1$s(a %2$s, b text) RETURNS boolean '
            'LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN a::text %3$s b',
            made.name, made.first, made.symbol
        );
        EXECUTE format(
            'CREATE OPERATOR pg_catalog.%1$s (LEFTARG = %2$s, RIGHTARG = text, FUNCTION = redshift_catalog.%3$s)',
            made.symbol, made.first, made.name
        );
    END LOOP;
END
$$;
