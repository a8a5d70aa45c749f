-- Aggregates that PostgreSQL does not have, or has with another meaning.

-- NULL and empty strings are ignored; distinct values are ordered by their own type, not as text:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html
CREATE OR REPLACE FUNCTION redshift_catalog.append_to_list(list text, value anyelement, delimiter text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    added text := value::text;
BEGIN
    IF added IS NULL OR added = '' THEN
        RETURN list;
    END IF;
    IF list IS NOT NULL THEN
        added := list || coalesce(delimiter, '') || added;
    END IF;
    IF octet_length(added) > 65535 THEN
        RAISE EXCEPTION 'Result size exceeds LISTAGG limit' USING ERRCODE = 'program_limit_exceeded',
            HINT = 'The limit is 65535 bytes: https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html';
    END IF;
    RETURN added;
END
$$;

CREATE OR REPLACE AGGREGATE redshift_catalog.listagg(value anyelement, delimiter text) (
    SFUNC = redshift_catalog.append_to_list, STYPE = text
);

-- LISTAGG('x', ','), whose argument has no type.
CREATE OR REPLACE FUNCTION redshift_catalog.append_text(list text, value text, delimiter text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.append_to_list(list, value, delimiter);

CREATE OR REPLACE AGGREGATE redshift_catalog.listagg(value text, delimiter text) (
    SFUNC = redshift_catalog.append_text, STYPE = text
);

-- LISTAGG(DISTINCT …): of values that are equal but for trailing blanks the first counts, in the order of the call.
CREATE OR REPLACE FUNCTION redshift_catalog.keep_distinct(list text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT array_agg(v ORDER BY place)
    FROM (
        SELECT DISTINCT ON (v) v, place
        FROM unnest(list) WITH ORDINALITY AS listed (v, place)
        WHERE v <> ''
        ORDER BY v, place
    ) AS kept
$$;

CREATE OR REPLACE AGGREGATE redshift_catalog.distinct_values(text) (
    SFUNC = array_append, STYPE = text[], FINALFUNC = redshift_catalog.keep_distinct, INITCOND = '{}'
);

CREATE OR REPLACE FUNCTION redshift_catalog.listagg(list text[], delimiter text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.append_to_list(NULL, array_to_string(list, coalesce(delimiter, '')), NULL);

-- The planner hands the sum over the window over: https://docs.aws.amazon.com/redshift/latest/dg/r_WF_RATIO_TO_REPORT.html
CREATE OR REPLACE FUNCTION redshift_catalog.ratio_to_report(value double precision, total double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value / nullif(total, 0);

-- DOUBLE PRECISION for floating-point numbers: https://docs.aws.amazon.com/redshift/latest/dg/r_SUM.html
CREATE OR REPLACE FUNCTION redshift_catalog.add(total double precision, value real) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value IS NULL THEN total ELSE coalesce(total, 0) + value END;

CREATE OR REPLACE AGGREGATE pg_catalog.sum(real) (
    SFUNC = redshift_catalog.add, STYPE = double precision, COMBINEFUNC = float8pl, PARALLEL = SAFE
);

-- Of whole numbers, those that are not zero are true: https://docs.aws.amazon.com/redshift/latest/dg/r_BOOL_AND.html
DO $$
DECLARE
    type_name text;
BEGIN
    FOREACH type_name IN ARRAY ARRAY['smallint', 'integer', 'bigint'] LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.both(state boolean, value %1$s) RETURNS boolean '
            'LANGUAGE sql IMMUTABLE PARALLEL SAFE '
            'RETURN CASE WHEN value IS NULL THEN state ELSE coalesce(state, true) AND value <> 0 END',
            type_name
        );
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.either(state boolean, value %1$s) RETURNS boolean '
            'LANGUAGE sql IMMUTABLE PARALLEL SAFE '
            'RETURN CASE WHEN value IS NULL THEN state ELSE coalesce(state, false) OR value <> 0 END',
            type_name
        );
        EXECUTE format(
            'CREATE OR REPLACE AGGREGATE pg_catalog.bool_and(%s) '
            '(SFUNC = redshift_catalog.both, STYPE = boolean, COMBINEFUNC = booland_statefunc, PARALLEL = SAFE)',
            type_name
        );
        EXECUTE format(
            'CREATE OR REPLACE AGGREGATE pg_catalog.bool_or(%s) '
            '(SFUNC = redshift_catalog.either, STYPE = boolean, COMBINEFUNC = boolor_statefunc, PARALLEL = SAFE)',
            type_name
        );
    END LOOP;
END
$$;
