-- Conversions between types that PostgreSQL makes otherwise. Only files whose conversions are to be Redshift's come after
-- this one: what is before it, views and bodies of functions, was read with PostgreSQL's.
-- https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html#r_Type_conversion

-- Raises the error of a conversion that does not exist. The planner calls it for the constants that it is given, so that
-- a statement fails even when it has no rows.
CREATE OR REPLACE FUNCTION redshift_catalog.refuse_cast(source text, target text, hint text) RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RAISE EXCEPTION 'cannot cast type % to %', source, target USING ERRCODE = 'cannot_coerce', HINT = coalesce(hint, 'Convert it to another type first.');
END
$$;

-- A BOOLEAN has no text, and of texts only literals are BOOLEANs.
CREATE OR REPLACE FUNCTION redshift_catalog.no_text(value boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.refuse_cast(
    'boolean', 'character varying', 'Write CASE WHEN x THEN ''true'' ELSE ''false'' END.'
);

CREATE OR REPLACE FUNCTION redshift_catalog.no_boolean(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.refuse_cast('character varying', 'boolean', 'Compare it: x = ''true''.') IS NULL;

CREATE OR REPLACE FUNCTION redshift_catalog.no_boolean(value character) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.refuse_cast('character', 'boolean', 'Compare it: x = ''true''.') IS NULL;

UPDATE pg_cast
SET castfunc = 'redshift_catalog.no_text'::regproc
WHERE castsource = 'boolean'::regtype AND casttarget IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype);

CREATE OR REPLACE FUNCTION redshift_catalog.join_boolean(a text, b boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.no_text(b);

CREATE OR REPLACE FUNCTION redshift_catalog.join_boolean(a boolean, b text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.no_text(a);

DO $$
BEGIN
    IF to_regoperator('pg_catalog.||(text, boolean)') IS NULL THEN
        CREATE OPERATOR pg_catalog.|| (LEFTARG = text, RIGHTARG = boolean, FUNCTION = redshift_catalog.join_boolean);
        CREATE OPERATOR pg_catalog.|| (LEFTARG = boolean, RIGHTARG = text, FUNCTION = redshift_catalog.join_boolean);
    END IF;
END
$$;

-- The pairs of https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
CREATE OR REPLACE FUNCTION redshift_catalog.to_smallint(value boolean) RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN int2(int4(value));

CREATE OR REPLACE FUNCTION redshift_catalog.to_bigint(value boolean) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN int8(int4(value));

-- Casts of DECIMAL cut digits off, unless enable_numeric_rounding is on; assignments round. Of what is not cut, 1,000
-- digits are left for PostgreSQL to round.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_enable_numeric_rounding.html
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
CREATE OR REPLACE FUNCTION redshift_catalog.cut_off(value numeric, places integer, explicit boolean) RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE
RETURN trunc(value, CASE
    WHEN explicit AND lower(current_setting('redshift.enable_numeric_rounding', true))
        NOT IN ('on', 'true', 'tru', 'tr', 't', 'yes', 'ye', 'y', '1') THEN places
    ELSE 1000
END);

CREATE OR REPLACE FUNCTION redshift_catalog.to_smallint(value numeric, modifier integer, explicit boolean) RETURNS smallint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN int2(redshift_catalog.cut_off(value, 0, explicit));

CREATE OR REPLACE FUNCTION redshift_catalog.to_integer(value numeric, modifier integer, explicit boolean) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
RETURN int4(redshift_catalog.cut_off(value, 0, explicit));

CREATE OR REPLACE FUNCTION redshift_catalog.to_bigint(value numeric, modifier integer, explicit boolean) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN int8(redshift_catalog.cut_off(value, 0, explicit));

UPDATE pg_cast AS c
SET castfunc = (
    'redshift_catalog.' || f.name || '(numeric, integer, boolean)'
)::regprocedure
FROM (VALUES
    ('smallint', 'to_smallint'), ('integer', 'to_integer'), ('bigint', 'to_bigint')
) AS f (type_name, name)
WHERE c.castsource = 'numeric'::regtype AND c.casttarget = f.type_name::regtype;

-- Texts are numbers when they are written as literals are: neither 0x1F nor 1_000, and a DECIMAL is not NaN or infinite.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_literals201.html
CREATE OR REPLACE FUNCTION redshift_catalog.refuse_number(value text, type_name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RAISE EXCEPTION 'invalid input syntax for type %: "%"', type_name, value
        USING ERRCODE = 'invalid_text_representation';
END
$$;

DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT
            types.*,
            sources.name AS source,
            format(
                'CASE WHEN value ~ %L THEN redshift_catalog.refuse_number(value, %L) ELSE %s END',
                types.refused, types.type_name, sources.value
            ) AS checked
        FROM (VALUES
            ('smallint', 'to_smallint', '[_xXoObB]', 'int2in(textout(%s))', 'value %s'),
            ('integer', 'to_integer', '[_xXoObB]', 'int4in(textout(%s))', 'value %s'),
            ('bigint', 'to_bigint', '[_xXoObB]', 'int8in(textout(%s))', 'value %s'),
            ('real', 'to_real', '[_xX]', 'float4in(textout(%s))', 'value %s'),
            ('double precision', 'to_double', '[_xX]', 'float8in(textout(%s))', 'value %s'),
            (
                'numeric', 'to_decimal', '[_A-DF-Za-df-z]', 'numeric_in(textout(%s), 0, modifier)',
                'value %s, modifier integer, explicit boolean'
            )
        ) AS types (type_name, name, refused, body, parameters)
        CROSS JOIN (VALUES ('text', 'value'), ('varchar', 'value'), ('bpchar', 'value::text')) AS sources (name, value)
    LOOP
        IF made.source <> 'varchar' THEN
            EXECUTE format(
                'CREATE OR REPLACE FUNCTION redshift_catalog.%1$s(%2$s) RETURNS %3$s '
                'LANGUAGE sql STABLE PARALLEL SAFE RETURN %4$s',
                made.name, format(made.parameters, made.source), made.type_name, format(made.body, made.checked)
            );
        END IF;
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_cast WHERE castsource = made.source::regtype AND casttarget = made.type_name::regtype
        );
        EXECUTE format(
            'CREATE CAST (%1$s AS %2$s) WITH FUNCTION redshift_catalog.%3$s(%4$s)',
            made.source, made.type_name, made.name,
            replace(CASE made.source WHEN 'varchar' THEN 'text' ELSE made.source END
                || CASE made.type_name WHEN 'numeric' THEN ', integer, boolean' ELSE '' END, ' ,', ',')
        );
    END LOOP;
END
$$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_cast WHERE castsource = 'text'::regtype AND casttarget = 'boolean'::regtype) THEN
        CREATE CAST (boolean AS smallint) WITH FUNCTION redshift_catalog.to_smallint(boolean);
        CREATE CAST (boolean AS bigint) WITH FUNCTION redshift_catalog.to_bigint(boolean);
        CREATE CAST (text AS boolean) WITH FUNCTION redshift_catalog.no_boolean(text);
        CREATE CAST (varchar AS boolean) WITH FUNCTION redshift_catalog.no_boolean(text);
        CREATE CAST (character AS boolean) WITH FUNCTION redshift_catalog.no_boolean(character);
    END IF;
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
CREATE OR REPLACE FUNCTION redshift_catalog.refuse_precision() RETURNS numeric
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RAISE EXCEPTION 'Numeric data overflow (result precision)' USING ERRCODE = 'numeric_value_out_of_range';
END
$$;

-- A DECIMAL whose digits were cut off. The planner casts to it, with the precision and the scale, before it casts to the
-- DECIMAL: the cast between DECIMALs itself stays PostgreSQL's, since of all functions only its result has a precision.
DO $$
DECLARE
    made record;
BEGIN
    IF to_regtype('redshift_catalog.cut_decimal') IS NULL THEN
        CREATE TYPE redshift_catalog.cut_decimal;
        CREATE FUNCTION redshift_catalog.cut_decimal_in(cstring, oid, integer) RETURNS redshift_catalog.cut_decimal
        LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'numeric_in';
        CREATE FUNCTION redshift_catalog.cut_decimal_out(redshift_catalog.cut_decimal) RETURNS cstring
        LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'numeric_out';
        CREATE TYPE redshift_catalog.cut_decimal (
            INPUT = redshift_catalog.cut_decimal_in, OUTPUT = redshift_catalog.cut_decimal_out,
            TYPMOD_IN = numerictypmodin, TYPMOD_OUT = numerictypmodout, LIKE = numeric
        );
        CREATE FUNCTION redshift_catalog.as_cut(value numeric) RETURNS redshift_catalog.cut_decimal
        LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'numeric_uplus';
        CREATE CAST (redshift_catalog.cut_decimal AS numeric) WITHOUT FUNCTION AS IMPLICIT;
        CREATE FUNCTION redshift_catalog.to_cut(value numeric, modifier integer, explicit boolean)
        RETURNS redshift_catalog.cut_decimal LANGUAGE sql STABLE PARALLEL SAFE
        RETURN redshift_catalog.as_cut(CASE
            WHEN abs(value) >= redshift_catalog.power(10::numeric, (((modifier - 4) >> 16) - ((modifier - 4) & 2047))::numeric)
                THEN redshift_catalog.refuse_precision()
            ELSE redshift_catalog.cut_off(value, (modifier - 4) & 2047, explicit)
        END);
        CREATE CAST (numeric AS redshift_catalog.cut_decimal)
        WITH FUNCTION redshift_catalog.to_cut(numeric, integer, boolean);
    END IF;
    FOR made IN
        SELECT types.name, types.value
        FROM (VALUES
            ('smallint', 'value::numeric'), ('integer', 'value::numeric'), ('bigint', 'value::numeric'),
            ('real', 'value::numeric'), ('double precision', 'value::numeric'),
            ('text', 'redshift_catalog.to_decimal(value, -1, true)'),
            ('bpchar', 'redshift_catalog.to_decimal(value, -1, true)')
        ) AS types (name, value)
        UNION ALL
        SELECT name, format('redshift_catalog.refuse_cast(%L, ''numeric'', NULL)::numeric', name)
        FROM unnest(ARRAY[
            'boolean', 'date', 'time without time zone', 'time with time zone', 'timestamp without time zone',
            'timestamp with time zone', 'interval'
        ]) AS names (name)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.to_cut(value %1$s) RETURNS redshift_catalog.cut_decimal '
            'LANGUAGE sql STABLE PARALLEL SAFE RETURN redshift_catalog.as_cut(%2$s)',
            made.name, made.value
        );
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_cast
            WHERE castsource = made.name::regtype AND casttarget = 'redshift_catalog.cut_decimal'::regtype
        );
        EXECUTE format(
            'CREATE CAST (%1$s AS redshift_catalog.cut_decimal) WITH FUNCTION redshift_catalog.to_cut(%1$s)', made.name
        );
        IF made.name = 'text' THEN
            CREATE CAST (varchar AS redshift_catalog.cut_decimal) WITH FUNCTION redshift_catalog.to_cut(text);
        END IF;
    END LOOP;
END
$$;

-- A string that was cut by bytes, between characters. The planner casts to it before it casts to CHAR(n) or VARCHAR(n),
-- for which PostgreSQL counts characters.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
CREATE OR REPLACE FUNCTION redshift_catalog.cut_bytes(value text, length integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    bytes bytea := convert_to(value, 'UTF8');
    kept integer := length;
BEGIN
    WHILE kept > 0 AND get_byte(bytes, kept) & 192 = 128 LOOP
        kept := kept - 1;
    END LOOP;
    RETURN convert_from(substring(bytes FROM 1 FOR kept), 'UTF8');
END
$$;

DO $$
BEGIN
    IF to_regtype('redshift_catalog.cut_text') IS NOT NULL THEN
        RETURN;
    END IF;
    CREATE TYPE redshift_catalog.cut_text;
    CREATE FUNCTION redshift_catalog.cut_text_in(cstring, oid, integer) RETURNS redshift_catalog.cut_text
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
    CREATE FUNCTION redshift_catalog.cut_text_out(redshift_catalog.cut_text) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
    CREATE TYPE redshift_catalog.cut_text (
        INPUT = redshift_catalog.cut_text_in, OUTPUT = redshift_catalog.cut_text_out,
        TYPMOD_IN = varchartypmodin, TYPMOD_OUT = varchartypmodout, LIKE = text, COLLATABLE = true
    );
    CREATE CAST (text AS redshift_catalog.cut_text) WITHOUT FUNCTION;
    CREATE CAST (redshift_catalog.cut_text AS varchar) WITHOUT FUNCTION;
    CREATE CAST (redshift_catalog.cut_text AS character) WITHOUT FUNCTION;
    CREATE FUNCTION redshift_catalog.to_cut_text(value varchar, modifier integer, explicit boolean)
    RETURNS redshift_catalog.cut_text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (CASE
        WHEN octet_length(value) <= modifier - 4 THEN value
        WHEN octet_length(value) = length(value) THEN "left"(value, modifier - 4)
        ELSE redshift_catalog.cut_bytes(value, modifier - 4)
    END)::text::redshift_catalog.cut_text;
    CREATE CAST (varchar AS redshift_catalog.cut_text)
    WITH FUNCTION redshift_catalog.to_cut_text(varchar, integer, boolean);
END
$$;

-- NULL when a value cannot be converted; a pair of types without a conversion is an error:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
CREATE OR REPLACE FUNCTION redshift_catalog.try_cast(value anyelement, target text, result anycompatible)
RETURNS anycompatible
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    EXECUTE 'SELECT $1::' || target INTO result USING value;
    RETURN result;
EXCEPTION
    WHEN data_exception THEN
        RETURN NULL;
END
$$;
