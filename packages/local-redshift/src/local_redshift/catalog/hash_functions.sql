-- Redshift's hash functions: https://docs.aws.amazon.com/redshift/latest/dg/hash-functions.html

-- An empty string for another number of bits: https://docs.aws.amazon.com/redshift/latest/dg/SHA2.html
CREATE OR REPLACE FUNCTION pg_catalog.sha2(value text, bits integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE bits
    WHEN 0 THEN encode(sha256(convert_to(value, 'UTF8')), 'hex')
    WHEN 224 THEN encode(sha224(convert_to(value, 'UTF8')), 'hex')
    WHEN 256 THEN encode(sha256(convert_to(value, 'UTF8')), 'hex')
    WHEN 384 THEN encode(sha384(convert_to(value, 'UTF8')), 'hex')
    WHEN 512 THEN encode(sha512(convert_to(value, 'UTF8')), 'hex')
    ELSE CASE WHEN value IS NOT NULL AND bits IS NOT NULL THEN '' END
END;

-- A DECIMAL's digits without its point. How texts and integers are summed is not documented:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_CHECKSUM.html
CREATE OR REPLACE FUNCTION pg_catalog.checksum(value numeric) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (value * power(10::numeric, scale(value)))::integer;

CREATE OR REPLACE FUNCTION redshift_catalog.refuse_checksum() RETURNS integer
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'CHECKSUM of another type than DECIMAL is not supported by this local Redshift.'
        USING ERRCODE = 'feature_not_supported', HINT = 'Hash with FNV_HASH.';
END
$$;

CREATE OR REPLACE FUNCTION pg_catalog.checksum(value text) RETURNS integer
LANGUAGE sql
RETURN redshift_catalog.refuse_checksum();

CREATE OR REPLACE FUNCTION pg_catalog.checksum(value bigint) RETURNS integer
LANGUAGE sql
RETURN redshift_catalog.refuse_checksum();

CREATE OR REPLACE FUNCTION pg_catalog.checksum(value integer) RETURNS integer
LANGUAGE sql
RETURN redshift_catalog.refuse_checksum();


-- 64-bit FNV-1a over the value's bytes: https://docs.aws.amazon.com/redshift/latest/dg/r_FNV_HASH.html
-- BIGINT overflows, so the hash is kept as two halves of 32 bits; the prime is 2^40 + 435.
CREATE OR REPLACE FUNCTION redshift_catalog.fnv_hash_bytes(value bytea, seed bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    mask CONSTANT bigint := 4294967295;
    low bigint := coalesce(seed, -3750763034362895579) & mask;
    high bigint := (coalesce(seed, -3750763034362895579) >> 32) & mask;
BEGIN
    IF value IS NULL THEN
        RETURN NULL;
    END IF;
    FOR place IN 0 .. length(value) - 1 LOOP
        low := low # get_byte(value, place);
        high := (high * 435 + (low * 435 >> 32) + (low << 8)) & mask;
        low := (low * 435) & mask;
    END LOOP;
    RETURN (high << 32) | low;
END
$$;

-- Numbers lie in memory with their lowest byte first. Of other types than integers AWS's page does not show a hash:
-- theirs are of the bytes that PostgreSQL sends, in which values that differ differ.
CREATE OR REPLACE FUNCTION redshift_catalog.little_endian(value bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN reverse(value);

CREATE OR REPLACE FUNCTION redshift_catalog.fnv_hash(value text, seed bigint DEFAULT NULL) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.fnv_hash_bytes(convert_to(value, 'UTF8'), seed);

DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT * FROM (VALUES
            ('smallint', 'little_endian(int2send(value))'), ('integer', 'little_endian(int4send(value))'),
            ('bigint', 'little_endian(int8send(value))'), ('real', 'little_endian(float4send(value))'),
            ('double precision', 'little_endian(float8send(value))'), ('boolean', 'boolsend(value)'),
            ('numeric', 'numeric_send(value)'), ('character', 'bpcharsend(value)'),
            ('date', 'date_send(value)'), ('time', 'time_send(value)'), ('time with time zone', 'timetz_send(value)'),
            ('timestamp', 'timestamp_send(value)'), ('timestamp with time zone', 'timestamptz_send(value)'),
            ('interval', 'interval_send(value)')
        ) AS t (type, bytes)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION redshift_catalog.fnv_hash(value %s, seed bigint DEFAULT NULL) RETURNS bigint '
            'LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN redshift_catalog.fnv_hash_bytes(%s, seed)',
            made.type, replace(made.bytes, 'little_endian', 'redshift_catalog.little_endian')
        );
    END LOOP;
END
$$;

-- https://www.rfc-editor.org/rfc/rfc3174, since PostgreSQL has SHA-1 only in an extension that needs OpenSSL.
CREATE OR REPLACE FUNCTION redshift_catalog.sha1_bytes(message bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    mask CONSTANT bigint := 4294967295;
    state bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    padded bytea := message || decode('80' || repeat('00', mod(119 - length(message) % 64, 64)), 'hex')
        || int8send(length(message)::bigint * 8);
    words bigint[];
    word bigint;
    a bigint;
    b bigint;
    c bigint;
    d bigint;
    e bigint;
BEGIN
    FOR block IN 0 .. length(padded) / 64 - 1 LOOP
        words := array_fill(0::bigint, ARRAY[80]);
        FOR i IN 0 .. 15 LOOP
            word := 0;
            FOR place IN 0 .. 3 LOOP
                word := word * 256 + get_byte(padded, block * 64 + i * 4 + place);
            END LOOP;
            words[i + 1] := word;
        END LOOP;
        FOR i IN 17 .. 80 LOOP
            word := words[i - 3] # words[i - 8] # words[i - 14] # words[i - 16];
            words[i] := ((word << 1) | (word >> 31)) & mask;
        END LOOP;
        a := state[1];
        b := state[2];
        c := state[3];
        d := state[4];
        e := state[5];
        FOR i IN 1 .. 80 LOOP
            word := words[i] + e + (((a << 5) | (a >> 27)) & mask) + CASE
                WHEN i <= 20 THEN 1518500249 + ((b & c) | (mask & ~b & d))
                WHEN i <= 40 THEN 1859775393 + (b # c # d)
                WHEN i <= 60 THEN 2400959708 + ((b & c) | (b & d) | (c & d))
                ELSE 3395469782 + (b # c # d)
            END;
            e := d;
            d := c;
            c := ((b << 30) | (b >> 2)) & mask;
            b := a;
            a := word & mask;
        END LOOP;
        state := ARRAY[
            (state[1] + a) & mask, (state[2] + b) & mask, (state[3] + c) & mask, (state[4] + d) & mask,
            (state[5] + e) & mask
        ];
    END LOOP;
    RETURN (SELECT string_agg(lpad(to_hex(part), 8, '0'), '' ORDER BY place)
            FROM unnest(state) WITH ORDINALITY AS parts (part, place));
END
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/SHA1.html
CREATE OR REPLACE FUNCTION pg_catalog.sha1(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.sha1_bytes(convert_to(value, 'UTF8'));

-- https://docs.aws.amazon.com/redshift/latest/dg/SHA.html
CREATE OR REPLACE FUNCTION pg_catalog.sha(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.sha1_bytes(convert_to(value, 'UTF8'));

-- https://docs.aws.amazon.com/redshift/latest/dg/FUNC_SHA1.html
CREATE OR REPLACE FUNCTION pg_catalog.func_sha1(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.sha1_bytes(convert_to(value, 'UTF8'));
