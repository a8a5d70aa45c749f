-- Redshift's functions on JSON that is kept in VARCHAR columns. Their last argument asks for NULL in place of an
-- error about invalid JSON; in PL/pgSQL, since PostgreSQL evaluates constants before it looks at conditions.
-- https://docs.aws.amazon.com/redshift/latest/dg/json-functions.html

-- The value as text, NULL when the path leads nowhere or to null. The planner moves the Boolean to the front:
-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
CREATE OR REPLACE FUNCTION redshift_catalog.json_extract_path_text(
    null_if_invalid boolean, value text, VARIADIC path text[]
) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    IF cardinality(path) > 5 THEN
        RAISE EXCEPTION 'JSON_EXTRACT_PATH_TEXT takes up to five path elements' USING ERRCODE = 'too_many_arguments';
    ELSIF value IS NULL OR array_position(path, NULL) IS NOT NULL OR (null_if_invalid AND NOT value IS JSON) THEN
        RETURN NULL;
    ELSIF NOT value IS JSON THEN
        RAISE EXCEPTION 'invalid json object %', value USING ERRCODE = 'internal_error', DETAIL = 'JSON parsing error';
    END IF;
    RETURN value::json #>> path;
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_ARRAY_ELEMENT_TEXT.html
CREATE OR REPLACE FUNCTION pg_catalog.json_extract_array_element_text(
    value text, place integer, null_if_invalid boolean DEFAULT false
) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    IF value IS JSON ARRAY THEN
        RETURN CASE WHEN place >= 0 THEN value::json ->> place END;
    ELSIF value IS NULL OR null_if_invalid THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'invalid json array object %', value USING ERRCODE = 'internal_error', DETAIL = 'JSON parsing error';
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_ARRAY_LENGTH.html
CREATE OR REPLACE FUNCTION pg_catalog.json_array_length(value text, null_if_invalid boolean DEFAULT false)
RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    IF value IS JSON ARRAY THEN
        RETURN json_array_length(value::json);
    ELSIF value IS NULL OR null_if_invalid THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'invalid json array object %', value USING ERRCODE = 'internal_error', DETAIL = 'JSON parsing error';
END
$$;

-- Whether JSON_PARSE would read it: https://docs.aws.amazon.com/redshift/latest/dg/CAN_JSON_PARSE.html
CREATE OR REPLACE FUNCTION pg_catalog.can_json_parse(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value IS JSON;

-- Whether it is a JSON object: https://docs.aws.amazon.com/redshift/latest/dg/IS_VALID_JSON.html
CREATE OR REPLACE FUNCTION pg_catalog.is_valid_json(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value IS JSON OBJECT;

-- https://docs.aws.amazon.com/redshift/latest/dg/IS_VALID_JSON_ARRAY.html
CREATE OR REPLACE FUNCTION pg_catalog.is_valid_json_array(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value IS JSON ARRAY;
