-- What replaces Redshift's storage, created by an event trigger for every new or changed table:
-- byte lengths (VARCHAR(n) counts bytes, where PostgreSQL counts characters) as checks, and hidden indexes on the
-- sort key's columns in place of zone maps, which Redshift keeps for each of them. The planner passes CREATE TABLE's attributes in a comment,
-- /*redshift {"schema": …, "table": …, "like": …, "sort_key": […], …}*/. The functions run with the session's own
-- search_path, by which names in that comment are found.

-- Their names begin in a way by which the server recognizes a violated length: 'redshift_bytes_64_3'. A DECIMAL of 19
-- digits is stored in 8 bytes, so not all of them fit: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html: excess blanks are no excess, and CHAR holds
-- single-byte characters only. The rows that a table is made with are checked when it has some.
CREATE OR REPLACE FUNCTION redshift_catalog.check_lengths(table_id oid, has_rows boolean) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    changes text;
BEGIN
    WITH lengths AS (
        SELECT
            a.attnum, a.attname, format_type(a.atttypid, NULL) AS type_name, (a.atttypmod - 4) & 2047 AS scale,
            CASE a.atttypid WHEN 'numeric'::regtype THEN (a.atttypmod - 4) >> 16 ELSE a.atttypmod - 4 END AS most
        FROM pg_attribute AS a
        WHERE a.attrelid = table_id AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypmod > 4
            AND (
                a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype)
                OR (a.atttypid = 'numeric'::regtype AND (a.atttypmod - 4) >> 16 = 19)
            )
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
            CASE type_name
                WHEN 'character' THEN 'ADD CONSTRAINT %1$I CHECK (octet_length(%2$I) <= %3$s)%5$s'
                WHEN 'numeric' THEN
                    'ADD CONSTRAINT %1$I CHECK (abs(%2$I) * 1e%4$s <= 9223372036854775807)%5$s'
                ELSE 'ADD CONSTRAINT %1$I CHECK (octet_length(%2$I) <= %3$s OR octet_length(rtrim(%2$I)) <= %3$s)%5$s'
            END,
            'redshift_bytes_' || most || '_' || attnum
                || CASE type_name WHEN 'character' THEN '_char' WHEN 'numeric' THEN '_decimal' ELSE '' END,
            attname, most, scale, CASE WHEN has_rows THEN '' ELSE ' NOT VALID' END
        )
        FROM lengths
        WHERE attnum NOT IN (SELECT attnum FROM checks WHERE is_right)
    ) AS c;
    IF changes IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s %s', table_id::regclass, changes);
    END IF;
END
$$;

-- The attributes in the comment of a CREATE or ALTER TABLE.
CREATE OR REPLACE FUNCTION redshift_catalog.declared_storage(table_id oid, context text) RETURNS json
LANGUAGE sql STABLE
AS $$
    SELECT comment[1]::json
    FROM regexp_matches(current_query() || context, '/[*]redshift ([{].*?[}])[*]/', 'g') AS comment
    JOIN pg_class AS c ON c.oid = table_id
    CROSS JOIN LATERAL (SELECT n.nspname FROM pg_namespace AS n WHERE n.oid = c.relnamespace OFFSET 0) AS n
    WHERE comment[1]::json ->> 'table' = c.relname
        AND coalesce(comment[1]::json ->> 'schema', n.nspname) = n.nspname
    LIMIT 1
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

-- Create the indexes again: one on the whole sort key, and one on each of its later columns.
CREATE OR REPLACE FUNCTION redshift_catalog.index_sort_key(table_id oid, sort_key json) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    whole text := redshift_catalog.indexable(table_id, sort_key);
    found regclass;
    later text;
    number integer := 1;
BEGIN
    FOR found IN
        SELECT i.indexrelid
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE i.indrelid = table_id AND starts_with(c.relname, 'redshift_sortkey_')
    LOOP
        EXECUTE format('DROP INDEX %s', found);
    END LOOP;
    IF whole IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE INDEX %I ON %s (%s)', 'redshift_sortkey_' || table_id, table_id::regclass, whole);
    FOR later IN
        SELECT redshift_catalog.indexable(table_id, json_build_array(name))
        FROM json_array_elements_text(sort_key) WITH ORDINALITY AS k (name, place)
        WHERE place > 1
    LOOP
        number := number + 1;
        CONTINUE WHEN later IS NULL;
        EXECUTE format(
            'CREATE INDEX %I ON %s (%s)', 'redshift_sortkey_' || table_id || '_' || number, table_id::regclass, later
        );
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.removed_attributes(declared json) RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(array_agg(name), '{}') FROM json_array_elements_text(declared -> 'removed') AS name
$$;

-- What is known of a table's storage after a statement: of a table made LIKE another, the other's; of a changed table,
-- what was known and what the change adds. Keys are kept apart.
CREATE OR REPLACE FUNCTION redshift_catalog.merge_storage(command text, known json, declared json) RETURNS json
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN declared ->> 'like' IS NOT NULL THEN known
        WHEN command = 'ALTER TABLE' AND known IS NOT NULL THEN (
            known::jsonb - redshift_catalog.removed_attributes(declared)
            || (declared::jsonb - '{keys,dropped_key,removed}'::text[]) || jsonb_strip_nulls(jsonb_build_object(
                'encodings', coalesce((known -> 'encodings')::jsonb, '{}') || (declared -> 'encodings')::jsonb
            ))
        )::json
        ELSE (declared::jsonb - '{keys,dropped_key,removed}'::text[])::json
    END
$$;

-- A key's column by its name; a number is its place in the table that a query makes:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
CREATE OR REPLACE FUNCTION redshift_catalog.key_column(of_table oid, key json) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    name text;
BEGIN
    IF json_typeof(key) IS DISTINCT FROM 'number' THEN
        RETURN key #>> '{}';
    END IF;
    SELECT attname INTO name FROM pg_attribute WHERE attrelid = of_table AND attnum::text = key #>> '{}';
    IF name IS NULL THEN
        RAISE EXCEPTION 'The query has no column number %.', key
            USING ERRCODE = 'undefined_column', HINT = 'Keys name columns, or give their places from 1.';
    END IF;
    RETURN name;
END
$$;

-- The attributes of a table that a query makes, with the names of the columns that its keys give by number.
CREATE OR REPLACE FUNCTION redshift_catalog.name_keys(of_table oid, declared json) RETURNS json
LANGUAGE sql STABLE
AS $$
    SELECT (
        declared::jsonb || jsonb_strip_nulls(jsonb_build_object(
            'dist_key', redshift_catalog.key_column(of_table, declared -> 'dist_key'),
            'sort_key', (
                SELECT jsonb_agg(redshift_catalog.key_column(of_table, k.key) ORDER BY k.place)
                FROM json_array_elements(declared -> 'sort_key') WITH ORDINALITY AS k (key, place)
            )
        ))
    )::json
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.make_storage() RETURNS event_trigger
LANGUAGE plpgsql
SECURITY DEFINER
AS $$
DECLARE
    made record;
    has_rows boolean; -- whether it is made of a query
    declared json;
    stored json;
    context text; -- the statement, when a stored procedure runs it
BEGIN
    GET DIAGNOSTICS context = PG_CONTEXT;
    IF coalesce(current_setting('redshift.storing', true), '') = 'on' THEN
        RETURN; -- what this function changes itself brings it about again
    END IF;
    PERFORM set_config('redshift.storing', 'on', true);
    FOR made IN
        SELECT d.objid, d.command_tag
        FROM pg_event_trigger_ddl_commands() AS d
        JOIN pg_class AS c ON c.oid = d.objid AND c.relkind IN ('r', 'm')
        WHERE d.object_type IN ('table', 'materialized view') AND d.schema_name NOT IN ('pg_catalog', 'redshift_catalog')
    LOOP
        has_rows := made.command_tag IN ('CREATE TABLE AS', 'SELECT INTO');
        IF made.command_tag <> 'CREATE MATERIALIZED VIEW' THEN
            IF made.command_tag <> 'ALTER TABLE' THEN
                PERFORM redshift_catalog.refuse_intervals(made.objid);
            END IF;
            PERFORM redshift_catalog.keep_utc(made.objid, has_rows);
            IF has_rows THEN
                PERFORM redshift_catalog.bound_columns(made.objid);
            END IF;
            PERFORM redshift_catalog.check_lengths(made.objid, has_rows);
        END IF;
        IF made.command_tag IN ('CREATE TABLE AS', 'SELECT INTO', 'CREATE MATERIALIZED VIEW') THEN
            -- "Amazon Redshift automatically runs ANALYZE on tables that you create with CREATE TABLE AS":
            -- https://docs.aws.amazon.com/redshift/latest/dg/r_ANALYZE.html. PostgreSQL takes a table it knows nothing
            -- of for ten pages at least, and reads all of what a few rows are joined with.
            EXECUTE format('ANALYZE %s', made.objid::regclass);
        END IF;
        declared := redshift_catalog.declared_storage(made.objid, context);
        IF has_rows OR made.command_tag = 'CREATE MATERIALIZED VIEW' THEN
            declared := redshift_catalog.name_keys(made.objid, declared);
        END IF;
        IF has_rows THEN
            declared := redshift_catalog.made_storage(made.objid, declared);
        END IF;
        CONTINUE WHEN declared IS NULL;
        SELECT redshift_catalog.merge_storage(made.command_tag, s.attributes, declared)
        INTO stored
        FROM (SELECT coalesce(to_regclass(declared ->> 'like')::oid, made.objid) AS table_id) AS t
        LEFT JOIN redshift_catalog.table_storage AS s ON s.table_id = t.table_id;
        CONTINUE WHEN stored IS NULL;
        INSERT INTO redshift_catalog.table_storage VALUES (made.objid, stored)
        ON CONFLICT (table_id) DO UPDATE SET attributes = excluded.attributes;
        PERFORM redshift_catalog.add_key(made.objid, k.value)
        FROM json_array_elements(declared -> 'keys') AS k;
        PERFORM redshift_catalog.drop_key(made.objid, declared ->> 'dropped_key');
        CONTINUE WHEN made.command_tag = 'ALTER TABLE' AND declared -> 'sort_key' IS NULL
            AND NOT 'sort_key' = ANY (redshift_catalog.removed_attributes(declared));
        PERFORM redshift_catalog.index_sort_key(made.objid, stored -> 'sort_key');
    END LOOP;
    PERFORM set_config('redshift.storing', 'off', true);
END
$$;

DROP EVENT TRIGGER IF EXISTS redshift_storage;

CREATE EVENT TRIGGER redshift_storage ON ddl_command_end
WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE', 'CREATE MATERIALIZED VIEW')
EXECUTE FUNCTION redshift_catalog.make_storage();

-- A column's place in the sort key, 0 when it is not part of it; of an interleaved one, every second is negative:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_TABLE_DEF.html
CREATE OR REPLACE FUNCTION redshift_catalog.sort_position(attributes json, column_name text) RETURNS integer
LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce((
        SELECT CASE WHEN attributes ->> 'sort_style' = 'INTERLEAVED' AND k.place % 2 = 0 THEN -1 ELSE 1 END
            * k.place::integer
        FROM json_array_elements_text(attributes -> 'sort_key') WITH ORDINALITY AS k (name, place)
        WHERE k.name = column_name
    ), 0)
$$;

-- A column's encoding as the catalog names it: RAW is none, and what is not declared follows from the type.
-- https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html
CREATE OR REPLACE FUNCTION redshift_catalog.encoding(attributes json, column_name text, type_id oid) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT CASE coalesce(attributes -> 'encodings' ->> column_name, '')
        WHEN 'raw' THEN 'none'
        WHEN '' THEN CASE
            WHEN redshift_catalog.sort_position(attributes, column_name) <> 0 THEN 'none'
            WHEN type_id IN ('varchar'::regtype, 'bpchar'::regtype, 'text'::regtype) THEN 'lzo'
            WHEN type_id IN ('boolean'::regtype, 'real'::regtype, 'double precision'::regtype) THEN 'none'
            ELSE 'az64'
        END
        ELSE attributes -> 'encodings' ->> column_name
    END
$$;
