-- Operators on types that Redshift converts implicitly and PostgreSQL does not.
-- https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html#r_Type_conversion

-- firstname + ' ' + lastname, as in https://docs.aws.amazon.com/redshift/latest/dg/r_NVL2.html
SELECT redshift_catalog.add_operator('+', 'join_strings', 'text', 'text', 'text', 'a || b');

-- Numbers are compared with strings as strings, decimals with strings as decimals.
SELECT redshift_catalog.add_operator(
    comparisons.symbol, comparisons.name, sides.first, sides.last, 'boolean',
    format('a::%1$s %2$s b::%1$s', types.compared_as, comparisons.symbol)
)
FROM (VALUES
    ('smallint', 'text'), ('integer', 'text'), ('bigint', 'text'), ('real', 'text'),
    ('double precision', 'text'), ('numeric', 'numeric')
) AS types (name, compared_as)
CROSS JOIN LATERAL (VALUES (types.name, 'text'), ('text', types.name)) AS sides (first, last)
CROSS JOIN (VALUES
    ('=', 'equal'), ('<>', 'differ'), ('<', 'less'), ('<=', 'not_more'), ('>', 'more'), ('>=', 'not_less')
) AS comparisons (symbol, name);

-- saletime LIKE '2008-09%', as in https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_TRUNC.html
SELECT redshift_catalog.add_operator(
    operators.symbol, operators.name, types.name, 'text', 'boolean', format('a::text %s b', operators.symbol), 'STABLE'
)
FROM unnest(ARRAY['date', 'timestamp', 'timestamptz', 'smallint', 'integer', 'bigint', 'numeric']) AS types (name)
CROSS JOIN (VALUES
    ('~~', 'is_like'), ('!~~', 'is_not_like'), ('~~*', 'is_ilike'), ('!~~*', 'is_not_ilike')
) AS operators (symbol, name);

-- sessionid || start_time: PostgreSQL wants one side to be text. A type and itself are left out, since a literal next to
-- a value is first tried as the value's own type: 1 || 'a' would fail.
WITH types (name) AS (
    VALUES ('smallint'), ('integer'), ('bigint'), ('real'), ('double precision'), ('numeric'), ('date'), ('time'),
        ('timestamp'), ('timestamptz'), ('text')
), sides AS (
    SELECT firsts.name AS first, lasts.name AS last
    FROM types AS firsts
    JOIN types AS lasts ON firsts.name <> lasts.name
    UNION ALL
    SELECT pairs.first, pairs.last
    FROM unnest(ARRAY['"char"', 'name', 'oid', 'regclass']) AS catalog_types (name)
    CROSS JOIN LATERAL (VALUES (catalog_types.name, 'text'), ('text', catalog_types.name)) AS pairs (first, last)
)
SELECT redshift_catalog.add_operator('||', 'join_values', first, last, 'text', 'textcat(a::text, b::text)', 'STABLE')
FROM sides;

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
SELECT redshift_catalog.add_operator(
    comparisons.symbol, comparisons.name, sides.first, sides.last, 'boolean',
    format('(%s) %s (%s)', sides.a, comparisons.symbol, sides.b)
)
FROM (VALUES ('boolean', 'bigint', 'a', 'b <> 0'), ('bigint', 'boolean', 'a <> 0', 'b')) AS sides (first, last, a, b)
CROSS JOIN (VALUES ('=', 'equal'), ('<>', 'differ')) AS comparisons (symbol, name);

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
