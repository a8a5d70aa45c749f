-- What stands in for Redshift's storage, made by an event trigger for every new or changed table:
-- byte lengths (VARCHAR(n) counts bytes, where PostgreSQL counts characters) as checks, and a hidden index on the
-- sort key in place of zone maps. The planner hands CREATE TABLE's attributes on in a comment,
-- /*redshift {"schema": …, "table": …, "like": …, "sort_key": […], …}*/. The functions run with the session's own
-- search_path, by which names in that comment are found.

-- Names begin so that the server can tell the violation of a length: 'redshift_bytes_64_3'.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html: excess blanks are no excess.
CREATE OR REPLACE FUNCTION redshift_catalog.check_lengths(table_id oid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    changes text;
BEGIN
    WITH lengths AS (
        SELECT a.attnum, a.attname, a.atttypmod - 4 AS most, format_type(a.atttypid, NULL) AS type_name
        FROM pg_attribute AS a
        WHERE a.attrelid = table_id AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypmod > 4
            AND a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype)
    ), checks AS (
        SELECT c.conname, c.conkey[1] AS attnum, starts_with(c.conname, 'redshift_bytes_' || l.most || '_') AS is_right
        FROM pg_constraint AS c
        LEFT JOIN lengths AS l ON l.attnum = c.conkey[1]
        WHERE c.conrelid = table_id AND c.contype = 'c' AND starts_with(c.conname, 'redshift_bytes_')
    )
    SELECT string_agg(change, ', ')
    INTO changes
    FROM (
        SELECT format('DROP CONSTRAINT %I', conname) AS change
        FROM checks
        WHERE is_right IS NOT TRUE
        UNION ALL
        SELECT format(
            'ADD CONSTRAINT %1$I CHECK (octet_length(%2$I) <= %3$s OR octet_length(rtrim(%2$I)) <= %3$s) NOT VALID',
            'redshift_bytes_' || most || '_' || attnum || CASE type_name WHEN 'character' THEN '_char' ELSE '' END,
            attname, most
        )
        FROM lengths
        WHERE attnum NOT IN (SELECT attnum FROM checks WHERE is_right)
    ) AS c;
    IF changes IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s %s', table_id::regclass, changes);
    END IF;
END
$$;

-- The attributes in the comment that goes with a table, those of another table it is made LIKE included.
CREATE OR REPLACE FUNCTION redshift_catalog.declared_storage(table_id oid) RETURNS json
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    declared json;
BEGIN
    SELECT comment[1]::json
    INTO declared
    FROM regexp_matches(current_query(), '/[*]redshift ([{].*?[}])[*]/', 'g') AS comment
    JOIN pg_class AS c ON c.oid = table_id
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE comment[1]::json ->> 'table' = c.relname
        AND coalesce(comment[1]::json ->> 'schema', n.nspname) = n.nspname
    LIMIT 1;
    IF declared ->> 'like' IS NULL THEN
        RETURN declared;
    END IF;
    RETURN (SELECT s.attributes FROM redshift_catalog.table_storage AS s WHERE s.table_id = to_regclass(declared ->> 'like'));
END
$$;

-- The sort key's columns, as many as an index can hold of them: an index entry has 2,700 bytes at most.
CREATE OR REPLACE FUNCTION redshift_catalog.indexable(table_id oid, sort_key json) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT string_agg(format('%I', attname), ', ' ORDER BY place)
    FROM (
        SELECT
            a.attname,
            k.place,
            sum(CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) THEN a.atttypmod + 4 ELSE 20 END)
                OVER (ORDER BY k.place) AS bytes
        FROM json_array_elements_text(sort_key) WITH ORDINALITY AS k (name, place)
        JOIN pg_attribute AS a ON a.attrelid = table_id AND a.attname = k.name AND NOT a.attisdropped
    ) AS c
    WHERE bytes <= 2600
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.make_storage() RETURNS event_trigger
LANGUAGE plpgsql
SECURITY DEFINER
AS $$
DECLARE
    made record;
    declared json;
    indexed text;
BEGIN
    FOR made IN
        SELECT d.objid, d.command_tag
        FROM pg_event_trigger_ddl_commands() AS d
        JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'r'
        WHERE d.object_type = 'table' AND d.schema_name NOT IN ('pg_catalog', 'redshift_catalog')
    LOOP
        PERFORM redshift_catalog.check_lengths(made.objid);
        CONTINUE WHEN made.command_tag = 'ALTER TABLE';
        declared := redshift_catalog.declared_storage(made.objid);
        CONTINUE WHEN declared IS NULL;
        INSERT INTO redshift_catalog.table_storage VALUES (made.objid, declared)
        ON CONFLICT (table_id) DO UPDATE SET attributes = excluded.attributes;
        indexed := redshift_catalog.indexable(made.objid, declared -> 'sort_key');
        IF indexed IS NOT NULL THEN
            EXECUTE format(
                'CREATE INDEX %I ON %s (%s)', 'redshift_sortkey_' || made.objid, made.objid::regclass, indexed
            );
        END IF;
    END LOOP;
END
$$;

DROP EVENT TRIGGER IF EXISTS redshift_storage;

CREATE EVENT TRIGGER redshift_storage ON ddl_command_end
WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE')
EXECUTE FUNCTION redshift_catalog.make_storage();

-- A column's place in the sort key, 0 when it is not part of it.
CREATE OR REPLACE FUNCTION redshift_catalog.sort_position(attributes json, column_name text) RETURNS integer
LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce((
        SELECT k.place::integer
        FROM json_array_elements_text(attributes -> 'sort_key') WITH ORDINALITY AS k (name, place)
        WHERE k.name = column_name
    ), 0)
$$;
