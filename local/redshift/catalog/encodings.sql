-- Column encodings by number, as pg_attribute has them. The numbers are this server's own: Redshift's are not documented.

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
