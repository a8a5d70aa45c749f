-- Redshift's aggregates and mathematical functions that PostgreSQL has otherwise or not at all.

-- AVG of integers is a BIGINT, its fraction cut off: https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html
CREATE OR REPLACE FUNCTION redshift_catalog.whole_average(state bigint[]) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN state[1] <> 0 THEN state[2] / state[1] END;

CREATE OR REPLACE FUNCTION redshift_catalog.whole_average(state numeric[]) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN state[1] <> 0 THEN trunc(state[2] / state[1]) END;

CREATE OR REPLACE FUNCTION redshift_catalog.accumulate(state numeric[], value bigint) RETURNS numeric[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY[state[1] + 1, state[2] + value];

DO $$
BEGIN
    IF to_regprocedure('redshift_catalog.avg(bigint)') IS NULL THEN
        CREATE AGGREGATE redshift_catalog.avg(smallint) (
            SFUNC = int2_avg_accum, STYPE = bigint[], INITCOND = '{0,0}', FINALFUNC = redshift_catalog.whole_average
        );
        CREATE AGGREGATE redshift_catalog.avg(integer) (
            SFUNC = int4_avg_accum, STYPE = bigint[], INITCOND = '{0,0}', FINALFUNC = redshift_catalog.whole_average
        );
        CREATE AGGREGATE redshift_catalog.avg(bigint) (
            SFUNC = redshift_catalog.accumulate, STYPE = numeric[], INITCOND = '{0,0}',
            FINALFUNC = redshift_catalog.whole_average
        );
        CREATE AGGREGATE redshift_catalog.avg(numeric) (
            SFUNC = numeric_avg_accum, STYPE = internal, SSPACE = 128, FINALFUNC = numeric_avg
        );
        CREATE AGGREGATE redshift_catalog.avg(real) (
            SFUNC = float4_accum, STYPE = double precision[], INITCOND = '{0,0,0}', FINALFUNC = float8_avg
        );
        CREATE AGGREGATE redshift_catalog.avg(double precision) (
            SFUNC = float8_accum, STYPE = double precision[], INITCOND = '{0,0,0}', FINALFUNC = float8_avg
        );
        CREATE AGGREGATE redshift_catalog.avg(interval) (
            SFUNC = interval_avg_accum, STYPE = internal, SSPACE = 40, FINALFUNC = interval_avg
        );
    END IF;
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_DEXP.html
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

