-- Teradata's conversions of texts to numbers, without their formats.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric-format-teradata.html

-- A sign may come last; the characters / , : and % are ignored, and a blank text is 0.
CREATE OR REPLACE FUNCTION redshift_catalog.alternative_number(value text) RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN btrim(value) = '' THEN 0
    ELSE regexp_replace(translate(btrim(value), '/,:%', ''), '^(.*)([+-])$', '\\2\\1')::numeric
END;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_TEXT_TO_INT_ALT.html
CREATE OR REPLACE FUNCTION pg_catalog.text_to_int_alt(value text) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
RETURN int4(trunc(redshift_catalog.alternative_number(value)));

-- Rounds to the nearest value, and from the middle to the even one.
CREATE OR REPLACE FUNCTION redshift_catalog.round_to_even(value numeric, places integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN value - trunc(value, places) IN (
        0.5 * redshift_catalog.power(10::numeric, -places::numeric),
        -0.5 * redshift_catalog.power(10::numeric, -places::numeric)
    ) AND mod(trunc(value * redshift_catalog.power(10::numeric, places::numeric)), 2) = 0 THEN trunc(value, places)
    ELSE round(value, places)
END;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_TEXT_TO_NUMERIC_ALT.html
CREATE OR REPLACE FUNCTION pg_catalog.text_to_numeric_alt(value text, digits integer DEFAULT 38, places integer DEFAULT 0)
RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.numeric(
    redshift_catalog.round_to_even(redshift_catalog.alternative_number(value), places), (digits << 16 | places) + 4
);
