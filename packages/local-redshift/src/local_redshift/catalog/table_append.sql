-- ALTER TABLE target APPEND FROM source: the rows move, and it is committed at once:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html

-- The columns that both have, when the others may be left out.
CREATE OR REPLACE FUNCTION redshift_catalog.appended_columns(
    target regclass, source regclass, ignores_extra boolean, fills_target boolean
) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    shared text;
    only_source text;
    only_target text;
BEGIN
    SELECT
        string_agg(quote_ident(t.attname), ', ' ORDER BY t.attnum) FILTER (WHERE s.attname IS NOT NULL),
        string_agg(s.attname, ', ') FILTER (WHERE t.attname IS NULL),
        string_agg(t.attname, ', ') FILTER (WHERE s.attname IS NULL)
    INTO shared, only_source, only_target
    FROM (SELECT * FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped) AS t
    FULL JOIN (SELECT * FROM pg_attribute WHERE attrelid = source AND attnum > 0 AND NOT attisdropped) AS s
        ON s.attname = t.attname AND s.atttypid = t.atttypid AND s.atttypmod = t.atttypmod;
    IF only_source IS NOT NULL AND NOT ignores_extra THEN
        RAISE EXCEPTION 'Source table has columns that are not in the target table: %', only_source
            USING ERRCODE = 'datatype_mismatch', HINT = 'Add IGNOREEXTRA, or make names and types the same.';
    ELSIF only_target IS NOT NULL AND NOT fills_target THEN
        RAISE EXCEPTION 'Target table has columns that are not in the source table: %', only_target
            USING ERRCODE = 'datatype_mismatch', HINT = 'Add FILLTARGET, or make names and types the same.';
    END IF;
    RETURN shared;
END
$$;

CREATE OR REPLACE PROCEDURE redshift_catalog.append_table(
    target text, source text, ignores_extra boolean, fills_target boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
    columns text;
BEGIN
    COMMIT; -- fails in a transaction block
    columns := redshift_catalog.appended_columns(target::regclass, source::regclass, ignores_extra, fills_target);
    EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM %3$s', target, columns, source);
    EXECUTE format('TRUNCATE %s', source);
END
$$;
