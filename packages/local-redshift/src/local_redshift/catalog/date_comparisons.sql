-- DATE_CMP and the functions beside it give -1, 0 or 1. Each converts its arguments to the types in its name:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_CMP.html
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TIMESTAMPTZ_CMP_DATE.html

-- PostgreSQL's own two functions of these names compare the values in its indexes. An earlier version replaced them with
-- functions in SQL, which are many times slower.
CREATE OR REPLACE FUNCTION pg_catalog.date_cmp(first date, last date) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'date_cmp';

CREATE OR REPLACE FUNCTION pg_catalog.timestamp_cmp(first timestamp, last timestamp) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'timestamp_cmp';

DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        WITH types (name) AS (
            VALUES ('date'), ('timestamp'), ('timestamptz')
        ), functions AS (
            SELECT name || '_cmp' AS name, name AS left_type, name AS right_type
            FROM types
            UNION ALL
            SELECT l.name || '_cmp_' || r.name, l.name, r.name
            FROM types AS l
            JOIN types AS r ON l.name <> r.name
        )
        SELECT f.*, l.name AS first, r.name AS last
        FROM functions AS f
        CROSS JOIN (SELECT name FROM types UNION ALL SELECT 'text') AS l
        CROSS JOIN (SELECT name FROM types UNION ALL SELECT 'text') AS r
    LOOP
        CONTINUE WHEN to_regprocedure(format('pg_catalog.%s(%s, %s)', made.name, made.first, made.last)) IS NOT NULL;
        EXECUTE format(
            'CREATE FUNCTION pg_catalog.%s(first %s, last %s) RETURNS integer LANGUAGE sql STABLE STRICT PARALLEL SAFE '
            'RETURN CASE WHEN first::%4$s < last::%5$s THEN -1 WHEN first::%4$s > last::%5$s THEN 1 ELSE 0 END',
            made.name, made.first, made.last, made.left_type, made.right_type
        );
    END LOOP;
END
$$;

-- A string beside a date or time is converted to its type:
-- https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html#r_Type_conversion
SELECT redshift_catalog.add_operator(
    comparisons.symbol, comparisons.name, sides.first, sides.last, 'boolean',
    format('a::%1$s %2$s b::%1$s', types.name, comparisons.symbol), 'STABLE'
)
FROM unnest(ARRAY['date', 'timestamp', 'timestamptz', 'time', 'timetz']) AS types (name)
CROSS JOIN LATERAL (VALUES (types.name, 'text'), ('text', types.name)) AS sides (first, last)
CROSS JOIN (VALUES
    ('=', 'equal'), ('<>', 'differ'), ('<', 'less'), ('<=', 'not_more'), ('>', 'more'), ('>=', 'not_less')
) AS comparisons (symbol, name);
