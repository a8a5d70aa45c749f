-- Functions of strings that take numbers and dates too, since Redshift converts those to VARCHAR implicitly:
-- https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html#implicit-conversion-types

-- As their first argument; the arguments after it are passed on as they are.
DO $$
DECLARE
    types CONSTANT text[] := ARRAY[
        'smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric', 'date', 'time', 'timestamp', 'timestamptz'
    ];
    made record;
BEGIN
    FOR made IN
        SELECT functions.space, functions.name, types.name AS type_name, functions.others, functions.result,
            CASE WHEN functions.others = '' THEN '' ELSE (
                SELECT string_agg(', $' || place + 1, '' ORDER BY place)
                FROM generate_series(1, length(functions.others) - length(replace(functions.others, ',', ''))) AS place
            ) END AS passed
        FROM unnest(types) AS types (name)
        CROSS JOIN (VALUES
            ('pg_catalog', 'md5', '', 'text'), ('pg_catalog', 'len', '', 'integer'),
            ('pg_catalog', 'length', '', 'integer'), ('pg_catalog', 'textlen', '', 'integer'),
            ('pg_catalog', 'char_length', '', 'integer'), ('pg_catalog', 'character_length', '', 'integer'),
            ('redshift_catalog', 'octet_length', '', 'integer'), ('pg_catalog', 'ascii', '', 'integer'),
            ('pg_catalog', 'strpos', ', text', 'integer'), ('pg_catalog', 'position', ', text', 'integer'),
            ('pg_catalog', 'upper', '', 'text'), ('pg_catalog', 'lower', '', 'text'),
            ('pg_catalog', 'initcap', '', 'text'), ('pg_catalog', 'reverse', '', 'text'),
            ('pg_catalog', 'btrim', '', 'text'), ('pg_catalog', 'btrim', ', text', 'text'),
            ('pg_catalog', 'ltrim', '', 'text'), ('pg_catalog', 'ltrim', ', text', 'text'),
            ('pg_catalog', 'rtrim', '', 'text'), ('pg_catalog', 'rtrim', ', text', 'text'),
            ('pg_catalog', 'repeat', ', integer', 'text'), ('pg_catalog', 'replicate', ', integer', 'text'),
            ('pg_catalog', 'left', ', integer', 'text'), ('pg_catalog', 'right', ', integer', 'text'),
            ('pg_catalog', 'lpad', ', integer', 'text'), ('pg_catalog', 'lpad', ', integer, text', 'text'),
            ('pg_catalog', 'rpad', ', integer', 'text'), ('pg_catalog', 'rpad', ', integer, text', 'text'),
            ('pg_catalog', 'substr', ', integer', 'text'), ('pg_catalog', 'substr', ', integer, integer', 'text'),
            ('pg_catalog', 'substring', ', integer', 'text'), ('pg_catalog', 'substring', ', integer, integer', 'text'),
            ('pg_catalog', 'replace', ', text, text', 'text'), ('pg_catalog', 'translate', ', text, text', 'text'),
            ('pg_catalog', 'quote_ident', '', 'text'), ('pg_catalog', 'strtol', ', integer', 'bigint'),
            ('pg_catalog', 'sha', '', 'text'), ('pg_catalog', 'sha1', '', 'text'),
            ('pg_catalog', 'func_sha1', '', 'text'), ('pg_catalog', 'sha2', ', integer', 'text'),
            ('redshift_catalog', 'crc32', '', 'text'), ('redshift_catalog', 'quote_literal', '', 'text'),
            ('redshift_catalog', 'split_part', ', text, integer', 'text'),
            ('redshift_catalog', 'regexp_count', ', text, integer DEFAULT 1, text DEFAULT ''c''', 'integer'),
            (
                'redshift_catalog', 'regexp_instr',
                ', text, integer DEFAULT 1, integer DEFAULT 1, integer DEFAULT 0, text DEFAULT ''c''', 'integer'
            ),
            (
                'redshift_catalog', 'regexp_replace',
                ', text, text DEFAULT '''', integer DEFAULT 1, text DEFAULT ''c''', 'text'
            ),
            (
                'redshift_catalog', 'regexp_substr',
                ', text, integer DEFAULT 1, integer DEFAULT 1, text DEFAULT ''c''', 'text'
            )
        ) AS functions (space, name, others, result)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION %6$s.%1$s(%2$s%3$s) RETURNS %4$s '
            'LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN %6$s.%1$s($1::text%5$s)',
            quote_ident(made.name), made.type_name, made.others, made.result, made.passed, made.space
        );
    END LOOP;
END
$$;

-- As both arguments of CONCAT, and as the second of CHARINDEX.
DO $$
DECLARE
    types CONSTANT text[] := ARRAY[
        'smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric', 'date', 'time', 'timestamp',
        'timestamptz', 'text'
    ];
    made record;
BEGIN
    FOR made IN
        SELECT firsts.name AS first, lasts.name AS last
        FROM unnest(types) AS firsts (name)
        CROSS JOIN unnest(types) AS lasts (name)
        WHERE (firsts.name, lasts.name) <> ('text', 'text')
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.concat(%s, %s) RETURNS text '
            'LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN textcat($1::text, $2::text)',
            made.first, made.last
        );
        IF made.first = 'text' THEN
            EXECUTE format(
                'CREATE OR REPLACE FUNCTION pg_catalog.charindex(text, %s) RETURNS integer '
                'LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN strpos($2::text, $1)',
                made.last
            );
        END IF;
    END LOOP;
END
$$;
