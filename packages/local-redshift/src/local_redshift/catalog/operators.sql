-- Operators on types that Redshift converts implicitly and PostgreSQL does not.
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

-- sessionid || start_time: PostgreSQL wants one side to be text. A type and itself are left out, since a literal next to
-- a value is first tried as the value's own type: 1 || 'a' would fail.
DO $$
DECLARE
    types CONSTANT text[] := ARRAY[
        'smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric', 'date', 'time', 'timestamp',
        'timestamptz', 'text'
    ];
    catalog_types CONSTANT text[] := ARRAY['"char"', 'name', 'oid', 'regclass'];
    made record;
BEGIN
    FOR made IN
        SELECT firsts.name AS first, lasts.name AS last
        FROM unnest(types) AS firsts (name)
        JOIN unnest(types) AS lasts (name) ON firsts.name <> lasts.name
        UNION ALL
        SELECT sides.first, sides.last
        FROM unnest(catalog_types) AS types (name)
        CROSS JOIN LATERAL (VALUES (types.name, 'text'), ('text', types.name)) AS sides (first, last)
    LOOP
        CONTINUE WHEN to_regoperator(format('pg_catalog.||(%s, %s)', made.first, made.last)) IS NOT NULL;
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.join_values(a %s, b %s) RETURNS text '
            'LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN textcat(a::text, b::text)',
            made.first, made.last
        );
        EXECUTE format(
            'CREATE OPERATOR pg_catalog.|| (LEFTARG = %s, RIGHTARG = %s, FUNCTION = redshift_catalog.join_values)',
            made.first, made.last
        );
    END LOOP;
END
$$;

-- weekday BOOLEAN takes the integer that EXTRACT returns.
CREATE OR REPLACE FUNCTION redshift_catalog.is_not_zero(value bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN value <> 0;

CREATE OR REPLACE FUNCTION redshift_catalog.is_not_zero(value smallint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN value <> 0;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_cast WHERE castsource = 'bigint'::regtype AND casttarget = 'boolean'::regtype) THEN
        UPDATE pg_cast SET castcontext = 'a' WHERE castsource = 'integer'::regtype AND casttarget = 'boolean'::regtype;
        CREATE CAST (bigint AS boolean) WITH FUNCTION redshift_catalog.is_not_zero(bigint) AS ASSIGNMENT;
        CREATE CAST (smallint AS boolean) WITH FUNCTION redshift_catalog.is_not_zero(smallint) AS ASSIGNMENT;
    END IF;
END
$$;

-- likevegas = 1, as in https://docs.aws.amazon.com/redshift/latest/dg/r_logical_condition.html
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT sides.first, sides.last, sides.a, sides.b, comparisons.symbol, comparisons.name
        FROM (VALUES ('boolean', 'bigint', 'a', 'b <> 0'), ('bigint', 'boolean', 'a <> 0', 'b')) AS sides (first, last, a, b)
        CROSS JOIN (VALUES ('=', 'equal'), ('<>', 'differ')) AS comparisons (symbol, name)
    LOOP
        CONTINUE WHEN to_regoperator(format('pg_catalog.%s(%s, %s)', made.symbol, made.first, made.last)) IS NOT NULL;
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.%1$s(a %2$s, b %3$s) RETURNS boolean '
            'LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (%4$s) %5$s (%6$s)',
            made.name, made.first, made.last, made.a, made.symbol, made.b
        );
        EXECUTE format(
            'CREATE OPERATOR pg_catalog.%1$s (LEFTARG = %2$s, RIGHTARG = %3$s, FUNCTION = redshift_catalog.%4$s)',
            made.symbol, made.first, made.last, made.name
        );
    END LOOP;
END
$$;

-- Only ASCII letters match in both cases: https://docs.aws.amazon.com/redshift/latest/dg/r_patternmatching_condition_like.html
CREATE OR REPLACE FUNCTION redshift_catalog.is_ilike(a text, b text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(a COLLATE "C") ~~ lower(b COLLATE "C");

CREATE OR REPLACE FUNCTION redshift_catalog.is_not_ilike(a text, b text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(a COLLATE "C") !~~ lower(b COLLATE "C");

UPDATE pg_operator
SET oprcode = CASE oprname WHEN '~~*' THEN 'redshift_catalog.is_ilike(text, text)'::regprocedure
    ELSE 'redshift_catalog.is_not_ilike(text, text)'::regprocedure END
WHERE oprname IN ('~~*', '!~~*') AND oprleft = 'text'::regtype AND oprright = 'text'::regtype;

-- 2.0 ^ 3.0 and ||/ 27.0 are DOUBLE PRECISION: https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html
CREATE OR REPLACE FUNCTION redshift_catalog.raise_to(a numeric, b numeric) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN a::double precision ^ b::double precision;

UPDATE pg_operator
SET oprcode = 'redshift_catalog.raise_to(numeric, numeric)'::regprocedure, oprresult = 'double precision'::regtype
WHERE oprname = '^' AND oprleft = 'numeric'::regtype AND oprright = 'numeric'::regtype;

UPDATE pg_operator
SET oprcode = 'redshift_catalog.cbrt(double precision)'::regprocedure
WHERE oprname = '||/' AND oprleft = 0 AND oprright = 'double precision'::regtype;
