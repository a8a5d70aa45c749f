-- Functions of PostgreSQL whose types or results are not Redshift's. They move out of the schema that every search_path
-- has, and stay there for this catalog's own use; a call finds what is left, or what the next files make.

CREATE SCHEMA IF NOT EXISTS redshift_catalog;

-- What "conversions.sql" changes at the end, as it was.
UPDATE pg_cast AS c
SET castfunc = f.function::regprocedure
FROM (VALUES
    ('smallint', 'pg_catalog.int2(numeric)'), ('integer', 'pg_catalog.int4(numeric)'),
    ('bigint', 'pg_catalog.int8(numeric)')
) AS f (type_name, function)
WHERE c.castsource = 'numeric'::regtype AND c.casttarget = f.type_name::regtype;

UPDATE pg_proc SET pronamespace = 'redshift_catalog'::regnamespace
WHERE oid < 16384 AND pronamespace = 'pg_catalog'::regnamespace AND (
    -- DOUBLE PRECISION, whatever the argument is:
    -- https://docs.aws.amazon.com/redshift/latest/dg/r_SQRT.html, r_EXP.html, r_LOG.html and r_POWER.html;
    -- r_LN.html names another type and shows a DOUBLE PRECISION
    (proname IN ('sqrt', 'exp', 'ln', 'log', 'log10', 'power', 'pow') AND proargtypes[0] = 'numeric'::regtype)
    -- https://docs.aws.amazon.com/redshift/latest/dg/r_STDDEV_functions.html and r_VARIANCE_functions.html
    OR (
        proname IN ('stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop')
        AND proargtypes[0] IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'numeric'::regtype)
    )
    -- https://docs.aws.amazon.com/redshift/latest/dg/r_SUM.html
    OR (proname = 'sum' AND proargtypes[0] = 'real'::regtype)
    -- the sign of a currency: https://docs.aws.amazon.com/redshift/latest/dg/r_TO_CHAR.html
    OR (
        proname = 'to_char' AND proargtypes[0] IN (
            'integer'::regtype, 'bigint'::regtype, 'numeric'::regtype, 'real'::regtype, 'double precision'::regtype
        )
    )
);
