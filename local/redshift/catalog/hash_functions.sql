-- Redshift's hash functions: https://docs.aws.amazon.com/redshift/latest/dg/hash-functions.html

-- https://docs.aws.amazon.com/redshift/latest/dg/SHA2.html
CREATE OR REPLACE FUNCTION pg_catalog.sha2(value text, bits integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE bits
    WHEN 0 THEN encode(sha256(convert_to(value, 'UTF8')), 'hex')
    WHEN 224 THEN encode(sha224(convert_to(value, 'UTF8')), 'hex')
    WHEN 256 THEN encode(sha256(convert_to(value, 'UTF8')), 'hex')
    WHEN 384 THEN encode(sha384(convert_to(value, 'UTF8')), 'hex')
    WHEN 512 THEN encode(sha512(convert_to(value, 'UTF8')), 'hex')
END;

-- 64-bit FNV-1a over the value's bytes: https://docs.aws.amazon.com/redshift/latest/dg/r_FNV_HASH.html
CREATE OR REPLACE FUNCTION redshift_catalog.fnv_hash_bytes(value bytea, seed bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    modulus CONSTANT numeric := 18446744073709551616;
    prime CONSTANT numeric := 1099511628211;
    hash bigint := coalesce(seed, -3750763034362895579);
    product numeric;
BEGIN
    IF value IS NULL THEN
        RETURN NULL;
    END IF;
    FOR place IN 0 .. length(value) - 1 LOOP
        hash := hash # get_byte(value, place)::bigint;
        product := mod(hash::numeric * prime, modulus);
        product := CASE WHEN product < 0 THEN product + modulus ELSE product END;
        hash := (CASE WHEN product >= modulus / 2 THEN product - modulus ELSE product END)::bigint;
    END LOOP;
    RETURN hash;
END
$$;

-- Numbers lie in memory with their lowest byte first.
CREATE OR REPLACE FUNCTION redshift_catalog.little_endian(value bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN reverse(value);

CREATE OR REPLACE FUNCTION redshift_catalog.fnv_hash(value text, seed bigint DEFAULT NULL) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.fnv_hash_bytes(convert_to(value, 'UTF8'), seed);

CREATE OR REPLACE FUNCTION redshift_catalog.fnv_hash(value smallint, seed bigint DEFAULT NULL) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.fnv_hash_bytes(redshift_catalog.little_endian(int2send(value)), seed);

CREATE OR REPLACE FUNCTION redshift_catalog.fnv_hash(value integer, seed bigint DEFAULT NULL) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.fnv_hash_bytes(redshift_catalog.little_endian(int4send(value)), seed);

CREATE OR REPLACE FUNCTION redshift_catalog.fnv_hash(value bigint, seed bigint DEFAULT NULL) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN redshift_catalog.fnv_hash_bytes(redshift_catalog.little_endian(int8send(value)), seed);
