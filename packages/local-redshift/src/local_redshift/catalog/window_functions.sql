-- Aggregates behind the window functions that PostgreSQL does not have.

-- The first and the last value that is not NULL; a strict function never sees NULL:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_WF_first_value.html
CREATE OR REPLACE FUNCTION redshift_catalog.keep_first(first anyelement, last anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT first $$;

CREATE OR REPLACE FUNCTION redshift_catalog.keep_last(first anyelement, last anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT last $$;

CREATE OR REPLACE AGGREGATE redshift_catalog.first_value(anyelement) (
    SFUNC = redshift_catalog.keep_first, STYPE = anyelement
);

CREATE OR REPLACE AGGREGATE redshift_catalog.last_value(anyelement) (
    SFUNC = redshift_catalog.keep_last, STYPE = anyelement
);

-- Of the rows before, in order or in the opposite order: https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html
CREATE OR REPLACE AGGREGATE redshift_catalog.lag(anyelement) (
    SFUNC = redshift_catalog.keep_last, STYPE = anyelement
);

CREATE OR REPLACE AGGREGATE redshift_catalog.lead(anyelement) (
    SFUNC = redshift_catalog.keep_last, STYPE = anyelement
);

-- The nth previous value that is not NULL; 0 is the current row.
CREATE OR REPLACE FUNCTION redshift_catalog.lag(before anyarray, places bigint, current_value anyelement)
RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE places WHEN 0 THEN current_value ELSE before[(cardinality(before) - places + 1)::integer] END $$;

CREATE OR REPLACE FUNCTION redshift_catalog.lead(before anyarray, places bigint, current_value anyelement)
RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE places WHEN 0 THEN current_value ELSE before[(cardinality(before) - places + 1)::integer] END $$;

CREATE OR REPLACE FUNCTION redshift_catalog.nth_value(present anyarray, place bigint) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT present[place::integer] $$;

-- The values of a window in order, computed once a partition; percentiles are read from them.
CREATE OR REPLACE FUNCTION redshift_catalog.sort_values(gathered anycompatiblearray) RETURNS anycompatiblearray
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ARRAY(SELECT value FROM unnest(gathered) AS value WHERE value IS NOT NULL ORDER BY value) $$;

CREATE OR REPLACE AGGREGATE redshift_catalog.sorted_values(anycompatible) (
    SFUNC = array_append, STYPE = anycompatiblearray, FINALFUNC = redshift_catalog.sort_values, INITCOND = '{}'
);

-- Interpolated between the two values nearest to a place. Whole numbers and decimals give a DECIMAL:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_PERCENTILE_CONT.html
-- https://docs.aws.amazon.com/redshift/latest/dg/r_WF_PERCENTILE_CONT.html
DROP FUNCTION IF EXISTS redshift_catalog.percentile_cont(double precision, boolean, anyarray);

DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT * FROM (VALUES
            ('smallint', 'numeric', 'low::numeric + share * (high - low)::numeric'),
            ('integer', 'numeric', 'low::numeric + share * (high::numeric - low::numeric)'),
            ('bigint', 'numeric', 'low::numeric + share * (high::numeric - low::numeric)'),
            ('numeric', 'numeric', 'low + share * (high - low)'),
            ('real', 'double precision', 'low::float8 + share::float8 * (high::float8 - low::float8)'),
            ('double precision', 'double precision', 'low + share::float8 * (high - low)'),
            ('date', 'date', 'low + trunc(share * (high - low)::numeric)::integer'),
            ('timestamp', 'timestamp', 'low + share::float8 * (high - low)'),
            ('timestamptz', 'timestamptz', 'low + share::float8 * (high - low)')
        ) AS m (type_name, result, value)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.percentile_cont('
            'fraction numeric, descending boolean, ordered %1$s[]) RETURNS %2$s '
            'LANGUAGE sql STABLE PARALLEL SAFE RETURN ('
            'SELECT CASE WHEN cardinality(ordered) > 0 THEN %3$s END FROM ('
            'SELECT ordered[floor(place)::integer + 1] AS low, ordered[ceil(place)::integer + 1] AS high, '
            'place - floor(place) AS share FROM ('
            'SELECT (CASE WHEN descending THEN 1 - fraction ELSE fraction END) * (cardinality(ordered) - 1) AS place'
            ') AS p) AS v)',
            made.type_name, made.result, made.value
        );
    END LOOP;
END
$$;

-- The first whose share reaches the fraction: https://docs.aws.amazon.com/redshift/latest/dg/r_WF_PERCENTILE_DISC.html
CREATE OR REPLACE FUNCTION redshift_catalog.percentile_disc(
    fraction double precision, descending boolean, ordered anyarray
) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ordered[CASE WHEN descending THEN cardinality(ordered) - p.place + 1 ELSE p.place END]
    FROM (SELECT greatest(ceil(fraction * cardinality(ordered)), 1)::integer AS place) AS p
$$;

-- MEDIAN has the argument's type; for whole numbers it is a DECIMAL:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT * FROM (VALUES
            ('smallint', 'numeric', '(a::numeric + b::numeric) * 0.5'),
            ('integer', 'numeric', '(a::numeric + b::numeric) * 0.5'),
            ('bigint', 'numeric', '(a::numeric + b::numeric) * 0.5'),
            ('numeric', 'numeric', '(a + b) * 0.5'),
            ('real', 'double precision', 'a::double precision + (b::double precision - a::double precision) / 2'),
            ('double precision', 'double precision', 'a + (b - a) / 2'),
            ('date', 'date', 'a + (b - a) / 2'),
            ('timestamp', 'timestamp', 'a + (b - a) / 2'),
            ('timestamptz', 'timestamptz', 'a + (b - a) / 2')
        ) AS m (type_name, result, middle)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.middle(gathered %1$s[]) RETURNS %2$s '
            'LANGUAGE sql STABLE PARALLEL SAFE RETURN ('
            'WITH ordered AS (SELECT redshift_catalog.sort_values(gathered) AS v) '
            'SELECT %3$s FROM (SELECT v[(cardinality(v) + 1) / 2] AS a, v[cardinality(v) / 2 + 1] AS b FROM ordered) AS m)',
            made.type_name, made.result, made.middle
        );
        EXECUTE format(
            'CREATE OR REPLACE AGGREGATE redshift_catalog.median(%1$s) '
            '(SFUNC = array_append, STYPE = %1$s[], FINALFUNC = redshift_catalog.middle, INITCOND = ''{}'')',
            made.type_name
        );
    END LOOP;
END
$$;
