-- Redshift's aggregates and mathematical functions that PostgreSQL has otherwise or not at all.

-- AVG of integers is a BIGINT, its fraction cut off: https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html
-- The planner hands PostgreSQL's average and the minimum over, whose type is the argument's.
CREATE OR REPLACE FUNCTION redshift_catalog.avg(average numeric, minimum smallint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trunc(average)::bigint;

CREATE OR REPLACE FUNCTION redshift_catalog.avg(average numeric, minimum integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trunc(average)::bigint;

CREATE OR REPLACE FUNCTION redshift_catalog.avg(average numeric, minimum bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trunc(average)::bigint;

CREATE OR REPLACE FUNCTION redshift_catalog.avg(average numeric, minimum numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN average;

CREATE OR REPLACE FUNCTION redshift_catalog.avg(average double precision, minimum real) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN average;

CREATE OR REPLACE FUNCTION redshift_catalog.avg(average double precision, minimum double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN average;

CREATE OR REPLACE FUNCTION redshift_catalog.avg(average interval, minimum interval) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN average;

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
