-- Columns' encodings and defaults.

-- Encodings have numbers in pg_attribute. The numbers are this server's own: Redshift's are not documented.

CREATE OR REPLACE FUNCTION pg_catalog.format_encoding(number integer) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
    SELECT (ARRAY[
        'none', 'az64', 'bytedict', 'delta', 'delta32k', 'lzo', 'mostly8', 'mostly16', 'mostly32', 'runlength',
        'text255', 'text32k', 'zstd'
    ])[number + 1]
$$;

-- ENCODE RAW shows as none: https://docs.aws.amazon.com/redshift/latest/dg/c_Raw_encoding.html
CREATE OR REPLACE FUNCTION redshift_catalog.encoding_number(name text) RETURNS smallint
LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce((
        SELECT n::smallint
        FROM generate_series(0, 12) AS n
        WHERE pg_catalog.format_encoding(n) = name
    ), 0)::smallint
$$;

-- IDENTITY columns, with the default value that Redshift's catalog shows for them.
CREATE OR REPLACE VIEW redshift_catalog.identities AS
SELECT
    q.seqrelid AS sequence_id,
    d.refobjid AS table_id,
    d.refobjsubid::smallint AS column_number,
    format('"identity"(%s, 0, %L::text)', d.refobjid, q.seqstart || ',' || q.seqincrement)
        AS expression
FROM pg_catalog.pg_sequence AS q
JOIN pg_catalog.pg_depend AS d
    ON d.objid = q.seqrelid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.deptype = 'i';

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_expr(expression text, table_id oid, pretty boolean DEFAULT false)
RETURNS text
LANGUAGE sql IMMUTABLE
RETURN expression;

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_expr(
    expression pg_node_tree, table_id oid, pretty boolean DEFAULT false
) RETURNS text
LANGUAGE sql STABLE
RETURN pg_catalog.pg_get_expr(expression, table_id, pretty);

GRANT SELECT ON redshift_catalog.identities TO PUBLIC;
