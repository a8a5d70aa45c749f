-- Functions of strings that take numbers and dates too, since Redshift converts those to VARCHAR implicitly:
-- https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html#implicit-conversion-types

DO $$
DECLARE
    types CONSTANT text[] := ARRAY[
        'integer', 'bigint', 'double precision', 'numeric', 'date', 'timestamp', 'timestamptz'
    ];
    made record;
BEGIN
    FOR made IN
        SELECT functions.name, types.name AS type_name, functions.others, functions.result,
            CASE WHEN functions.others = '' THEN '' ELSE (
                SELECT string_agg(', $' || place + 1, '' ORDER BY place)
                FROM generate_series(1, length(functions.others) - length(replace(functions.others, ',', ''))) AS place
            ) END AS passed
        FROM unnest(types) AS types (name)
        CROSS JOIN (VALUES
            ('md5', '', 'text'), ('len', '', 'integer'), ('length', '', 'integer'), ('btrim', '', 'text'),
            ('reverse', '', 'text'), ('ltrim', '', 'text'), ('rtrim', '', 'text'), ('initcap', '', 'text'),
            ('position', ', text', 'integer'), ('ascii', '', 'integer'), ('octet_length', '', 'integer'),
            ('char_length', '', 'integer'), ('character_length', '', 'integer'), ('repeat', ', integer', 'text'),
            ('substr', ', integer', 'text'), ('substr', ', integer, integer', 'text'),
            ('lpad', ', integer', 'text'), ('rpad', ', integer', 'text'), ('translate', ', text, text', 'text'),
            ('upper', '', 'text'), ('lower', '', 'text'), ('left', ', integer', 'text'), ('right', ', integer', 'text'),
            ('substring', ', integer', 'text'), ('substring', ', integer, integer', 'text'),
            ('lpad', ', integer, text', 'text'), ('rpad', ', integer, text', 'text'),
            ('replace', ', text, text', 'text'), ('split_part', ', text, integer', 'text'),
            ('strpos', ', text', 'integer')
        ) AS functions (name, others, result)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION pg_catalog.%1$s(%2$s%3$s) RETURNS %4$s '
            'LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN pg_catalog.%1$s($1::text%5$s)',
            quote_ident(made.name), made.type_name, made.others, made.result, made.passed
        );
    END LOOP;
END
$$;
