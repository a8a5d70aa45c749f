-- Makes an operator in pg_catalog, and the function behind it, unless there is one for these types already.
-- "body" is an expression of the operands a and b.
CREATE OR REPLACE FUNCTION redshift_catalog.add_operator(
    symbol text, function_name text, first text, last text, result text, body text, volatility text = 'IMMUTABLE'
) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF to_regoperator(format('pg_catalog.%s(%s, %s)', symbol, first, last)) IS NULL THEN
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.%s(a %s, b %s) RETURNS %s '
            'LANGUAGE sql %s STRICT PARALLEL SAFE RETURN %s',
            function_name, first, last, result, volatility, body
        );
        EXECUTE format(
            'CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = redshift_catalog.%s)',
            symbol, first, last, function_name
        );
    END IF;
END
$$;
