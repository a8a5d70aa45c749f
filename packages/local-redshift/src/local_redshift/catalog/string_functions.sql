-- Redshift's string functions. Where PostgreSQL has one of the same name with another meaning, the planner calls
-- the one of redshift_catalog instead.

-- Characters, trailing blanks of CHAR not counted: https://docs.aws.amazon.com/redshift/latest/dg/r_LEN.html
CREATE OR REPLACE FUNCTION pg_catalog.len(value text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN char_length(value);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_LEN.html
CREATE OR REPLACE FUNCTION pg_catalog.textlen(value text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN char_length(value);

-- Bytes, trailing blanks of CHAR not counted: https://docs.aws.amazon.com/redshift/latest/dg/r_OCTET_LENGTH.html
CREATE OR REPLACE FUNCTION redshift_catalog.octet_length(value text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.octet_length(value);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_CHARINDEX.html
CREATE OR REPLACE FUNCTION pg_catalog.charindex(part text, value text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN strpos(value, part);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_REPLICATE.html
CREATE OR REPLACE FUNCTION pg_catalog.replicate(value text, times integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN repeat(value, times);

-- A number in a base from 2 to 36: https://docs.aws.amazon.com/redshift/latest/dg/r_STRTOL.html
CREATE OR REPLACE FUNCTION pg_catalog.strtol(value text, base integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
DECLARE
    digits text := regexp_replace(lower(trim(value)), '^[+-]', '');
    digit text;
    place integer;
    total numeric := 0;
BEGIN
    IF base NOT BETWEEN 2 AND 36 THEN
        RAISE EXCEPTION 'The base % must be between 2 and 36', base USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF base = 16 THEN
        digits := regexp_replace(digits, '^0x', '');
    END IF;
    FOREACH digit IN ARRAY string_to_array(digits, NULL) LOOP
        place := strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit) - 1;
        IF place NOT BETWEEN 0 AND base - 1 THEN
            RAISE EXCEPTION 'The input % is not valid to be converted to base %', value, base
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        total := total * base + place;
    END LOOP;
    RETURN CASE WHEN trim(value) LIKE '-%' THEN -total ELSE total END;
END
$$;

-- Every text compares by case; the other collation is refused: https://docs.aws.amazon.com/redshift/latest/dg/r_COLLATE.html
CREATE OR REPLACE FUNCTION redshift_catalog."collate"(value text, collation_name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    IF collation_name <> 'case_sensitive' THEN
        RAISE EXCEPTION 'COLLATE % is not supported by this local Redshift.', collation_name
            USING ERRCODE = 'feature_not_supported', HINT = 'Compare LOWER(column).';
    END IF;
    RETURN value;
END
$$;

-- The flags of Redshift: i ignores case, c does not, e is for subexpressions, p is Perl's syntax, which PostgreSQL's
-- own is close to.
CREATE OR REPLACE FUNCTION redshift_catalog.regexp_flags(parameters text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN strpos(parameters, 'i') > 0 THEN 'i' ELSE 'c' END;

-- Replaces all matches, from a place on: https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_REPLACE.html
CREATE OR REPLACE FUNCTION redshift_catalog.regexp_replace(
    value text, pattern text, replacement text DEFAULT '', place integer DEFAULT 1, parameters text DEFAULT 'c'
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
    value, pattern,
    CASE WHEN strpos(parameters, 'p') > 0
        THEN replace(regexp_replace(replacement, '[$]([1-9])', E'\\\\\\1', 'g'), '$0', E'\\&')
        ELSE replacement
    END,
    greatest(place, 1), 0, redshift_catalog.regexp_flags(parameters)
);

-- An empty string when there is none, NULL for an occurrence that no value of that length can have: https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_SUBSTR.html
CREATE OR REPLACE FUNCTION redshift_catalog.regexp_substr(
    value text, pattern text, place integer DEFAULT 1, occurrence integer DEFAULT 1, parameters text DEFAULT 'c'
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value IS NOT NULL AND pattern IS NOT NULL AND occurrence BETWEEN 1 AND char_length(value) THEN coalesce(
    regexp_substr(
        value, pattern, greatest(place, 1), greatest(occurrence, 1), redshift_catalog.regexp_flags(parameters),
        CASE WHEN strpos(parameters, 'e') > 0 THEN 1 ELSE 0 END
    ), ''
) END;

-- https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_COUNT.html
CREATE OR REPLACE FUNCTION redshift_catalog.regexp_count(
    value text, pattern text, place integer DEFAULT 1, parameters text DEFAULT 'c'
) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_count(value, pattern, greatest(place, 1), redshift_catalog.regexp_flags(parameters));

-- https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_INSTR.html
CREATE OR REPLACE FUNCTION redshift_catalog.regexp_instr(
    value text, pattern text, place integer DEFAULT 1, occurrence integer DEFAULT 1, after integer DEFAULT 0,
    parameters text DEFAULT 'c'
) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN occurrence BETWEEN 1 AND char_length(value) THEN regexp_instr(
    value, pattern, greatest(place, 1), greatest(occurrence, 1), abs(sign(after))::integer,
    redshift_catalog.regexp_flags(parameters), CASE WHEN strpos(parameters, 'e') > 0 THEN 1 ELSE 0 END
) WHEN value IS NOT NULL AND pattern IS NOT NULL THEN 0 END;

-- NULL when either is NULL, unlike PostgreSQL's: https://docs.aws.amazon.com/redshift/latest/dg/r_CONCAT.html
-- Of other types than TEXT: string_arguments.sql.
CREATE OR REPLACE FUNCTION redshift_catalog.concat(first text, last text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT first::text || last::text $$;

-- NULL for what is no ASCII character: https://docs.aws.amazon.com/redshift/latest/dg/r_CHR.html
CREATE OR REPLACE FUNCTION redshift_catalog.chr(value bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value BETWEEN 0 AND 127 THEN pg_catalog.chr(value::integer) END;

-- -1, 0 or 1: https://docs.aws.amazon.com/redshift/latest/dg/r_BPCHARCMP.html
CREATE OR REPLACE FUNCTION redshift_catalog.bpcharcmp(first text, last text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sign(pg_catalog.bpcharcmp(first::bpchar COLLATE "C", last::bpchar COLLATE "C"))::integer;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_BTTEXT_PATTERN_CMP.html
CREATE OR REPLACE FUNCTION redshift_catalog.bttext_pattern_cmp(first text, last text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.bpcharcmp(first, last);

-- Quotation marks and backslashes are doubled, without PostgreSQL's E:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_QUOTE_LITERAL.html
CREATE OR REPLACE FUNCTION redshift_catalog.quote_literal(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '\'' || replace(replace(value, '\\', '\\\\'), '\'', '\'\'') || '\'';

-- Parts are counted from the first: https://docs.aws.amazon.com/redshift/latest/dg/SPLIT_PART.html
CREATE OR REPLACE FUNCTION redshift_catalog.split_part(value text, delimiter text, part integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF part < 1 THEN
        RAISE EXCEPTION 'field position must be greater than zero' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN pg_catalog.split_part(value, delimiter, part);
END
$$;

-- Four characters that sound alike for names that do: https://docs.aws.amazon.com/redshift/latest/dg/SOUNDEX.html
CREATE OR REPLACE FUNCTION pg_catalog.soundex(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    letters text := regexp_replace(upper(value), '[^A-Z]', '', 'g');
    codes text;
BEGIN
    IF letters = '' THEN
        RETURN '';
    END IF;
    -- H and W do not part letters of one code, vowels do
    codes := translate(
        left(letters, 1) || regexp_replace(substr(letters, 2), '[HW]', '', 'g'),
        'BFPVCGJKQSXZDTLMNRAEIOUYHW', '11112222222233455600000000'
    );
    codes := regexp_replace(codes, '(.)\\1+', '\\1', 'g');
    RETURN rpad(left(letters, 1) || replace(substr(codes, 2), '0', ''), 4, '0')::char(4);
END
$$;

-- How many places of two SOUNDEX codes are the same, 0 when one of them is empty and 1 when both are:
-- https://docs.aws.amazon.com/redshift/latest/dg/DIFFERENCE.html
CREATE OR REPLACE FUNCTION redshift_catalog.difference(first text, last text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN soundex(first) = '' AND soundex(last) = '' THEN 1 ELSE (
    SELECT count(*)::integer
    FROM generate_series(1, 4) AS place
    WHERE substr(soundex(first), place, 1) = nullif(substr(soundex(last), place, 1), '')
) END;

-- The byte at which a part begins: https://docs.aws.amazon.com/redshift/latest/dg/OCTETINDEX.html
CREATE OR REPLACE FUNCTION pg_catalog.octetindex(part text, value text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN position(convert_to(part, 'UTF8') IN convert_to(value, 'UTF8'));

-- CRC-32C as hexadecimal text: https://docs.aws.amazon.com/redshift/latest/dg/crc32-function.html
CREATE OR REPLACE FUNCTION redshift_catalog.crc32(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lpad(to_hex(crc32c(convert_to(value, 'UTF8'))), 8, '0');
