-- Redshift's functions on JSON that is kept in VARCHAR columns.
-- https://docs.aws.amazon.com/redshift/latest/dg/json-functions.html

-- The value as text; an empty string when the path leads nowhere or to null:
-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
CREATE OR REPLACE FUNCTION redshift_catalog.json_extract_path_text(value text, VARIADIC path text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value IS NULL OR array_position(path, NULL) IS NOT NULL THEN NULL
    WHEN lower(path[cardinality(path)]) IN ('true', 'false') AND value::json #> path IS NULL
        THEN CASE WHEN lower(path[cardinality(path)]) = 'true' AND NOT value IS JSON THEN NULL
            ELSE coalesce(value::json #>> trim_array(path, 1), '') END
    ELSE coalesce(value::json #>> path, '')
END;

-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_ARRAY_ELEMENT_TEXT.html
CREATE OR REPLACE FUNCTION pg_catalog.json_extract_array_element_text(
    value text, place integer, null_if_invalid boolean DEFAULT false
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN null_if_invalid AND NOT value IS JSON ARRAY THEN NULL
    WHEN place < 0 THEN NULL
    ELSE value::json ->> place
END;

-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_ARRAY_LENGTH.html
CREATE OR REPLACE FUNCTION pg_catalog.json_array_length(value text, null_if_invalid boolean DEFAULT false)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN null_if_invalid AND NOT value IS JSON ARRAY THEN NULL ELSE json_array_length(value::json) END;

-- Whether it is a JSON object: https://docs.aws.amazon.com/redshift/latest/dg/IS_VALID_JSON.html
CREATE OR REPLACE FUNCTION pg_catalog.is_valid_json(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value IS JSON OBJECT;

-- https://docs.aws.amazon.com/redshift/latest/dg/IS_VALID_JSON_ARRAY.html
CREATE OR REPLACE FUNCTION pg_catalog.is_valid_json_array(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value IS JSON ARRAY;
