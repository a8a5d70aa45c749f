-- Keys of tables: they inform, and are not enforced. https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html

-- The numbers of columns, in the order of their names; NULL among them when the table has no such column.
CREATE OR REPLACE FUNCTION redshift_catalog.column_numbers(table_id oid, names json) RETURNS smallint[]
LANGUAGE sql STABLE
AS $$
    SELECT coalesce(array_agg(a.attnum ORDER BY n.place), '{}')
    FROM json_array_elements_text(names) WITH ORDINALITY AS n (name, place)
    LEFT JOIN pg_attribute AS a ON a.attrelid = table_id AND a.attname = n.name AND NOT a.attisdropped
$$;

-- A name for a key that the table does not have yet, as PostgreSQL makes them.
CREATE OR REPLACE FUNCTION redshift_catalog.free_key_name(of_table oid, key json) RETURNS name
LANGUAGE sql STABLE
AS $$
    SELECT n.name
    FROM (
        SELECT (left(concat_ws(
            '_', c.relname, CASE WHEN key ->> 'kind' <> 'p' THEN key -> 'columns' ->> 0 END
        ), 50) || CASE key ->> 'kind' WHEN 'p' THEN '_pkey' WHEN 'u' THEN '_key' ELSE '_fkey' END
            || coalesce(nullif(i, 0)::text, ''))::name AS name, i
        FROM pg_class AS c, generate_series(0, 99) AS i
        WHERE c.oid = of_table
    ) AS n
    WHERE NOT EXISTS (SELECT FROM redshift_catalog.table_keys AS k WHERE k.table_id = of_table AND k.key_name = n.name)
        AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = of_table AND k.conname = n.name)
    ORDER BY n.i
    LIMIT 1
$$;

-- The columns of another table that a foreign key refers to: it has to have such a key.
CREATE OR REPLACE FUNCTION redshift_catalog.referenced_columns(target regclass, key json) RETURNS smallint[]
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    wanted smallint[] := redshift_catalog.column_numbers(target, key -> 'references');
BEGIN
    IF wanted = '{}' THEN
        SELECT k.key_columns
        INTO wanted
        FROM redshift_catalog.table_keys AS k
        WHERE k.table_id = target AND k.key_type = 'p';
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no primary key for referenced table "%"', target
                USING ERRCODE = 'invalid_foreign_key', HINT = 'Declare its PRIMARY KEY.';
        END IF;
    END IF;
    IF cardinality(wanted) <> json_array_length(key -> 'columns') THEN
        RAISE EXCEPTION 'number of referencing and referenced columns for foreign key disagree'
            USING ERRCODE = 'invalid_foreign_key';
    END IF;
    IF NOT EXISTS (
        SELECT
        FROM redshift_catalog.table_keys AS k
        WHERE k.table_id = target AND k.key_type IN ('p', 'u') AND k.key_columns @> wanted AND wanted @> k.key_columns
    ) THEN
        RAISE EXCEPTION 'there is no unique constraint matching given keys for referenced table "%"', target
            USING ERRCODE = 'invalid_foreign_key', HINT = 'Declare its PRIMARY KEY, or the columns UNIQUE.';
    END IF;
    RETURN wanted;
END
$$;

-- A table that a foreign key refers to cannot be dropped without CASCADE. A check that is always true and names the
-- table's row type gives PostgreSQL that dependency.
CREATE OR REPLACE FUNCTION redshift_catalog.add_key(table_id oid, key json) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    name name := coalesce(key ->> 'name', redshift_catalog.free_key_name(table_id, key));
    target regclass := coalesce((key ->> 'table')::regclass, 0);
    columns smallint[] := redshift_catalog.column_numbers(table_id, key -> 'columns');
BEGIN
    IF array_position(columns, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'column "%" named in key does not exist', key -> 'columns' ->> array_position(columns, NULL) - 1
            USING ERRCODE = 'undefined_column';
    END IF;
    IF key ->> 'kind' = 'p' AND EXISTS (
        SELECT FROM redshift_catalog.table_keys AS k WHERE k.table_id = add_key.table_id AND k.key_type = 'p'
    ) THEN
        RAISE EXCEPTION 'multiple primary keys for table "%" are not allowed', table_id::regclass
            USING ERRCODE = 'invalid_table_definition';
    END IF;
    INSERT INTO redshift_catalog.table_keys (table_id, key_name, key_type, key_columns, target_id, target_columns)
    VALUES (
        table_id, name, (key ->> 'kind')::"char", columns, target,
        CASE WHEN target::oid = 0 THEN '{}' ELSE redshift_catalog.referenced_columns(target, key) END
    );
    IF target::oid NOT IN (0, table_id) THEN
        EXECUTE format(
            'ALTER TABLE %s ADD CONSTRAINT %I CHECK ((NULL::%s) IS NULL) NOT VALID', table_id::regclass, name, target
        );
    END IF;
EXCEPTION
    WHEN unique_violation THEN
        RAISE EXCEPTION 'constraint "%" for relation "%" already exists', name, table_id::regclass
            USING ERRCODE = 'duplicate_object';
END
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.drop_key(of_table oid, name text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF name IS NULL THEN
        RETURN;
    END IF;
    DELETE FROM redshift_catalog.table_keys AS k
    WHERE k.table_id = of_table AND k.key_name = name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'constraint "%" of relation "%" does not exist', name, of_table::regclass
            USING ERRCODE = 'undefined_object';
    END IF;
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', of_table::regclass, name);
END
$$;

-- The keys that are still there: PostgreSQL drops a foreign key's check with the table that it refers to, and a column
-- with its keys.
CREATE OR REPLACE VIEW redshift_catalog.keys AS
SELECT k.key_id, k.table_id, k.key_name, k.key_type, k.key_columns, k.target_id, k.target_columns, c.relnamespace
FROM redshift_catalog.table_keys AS k
JOIN pg_class AS c ON c.oid = k.table_id
WHERE NOT EXISTS (
        SELECT
        FROM pg_attribute AS a
        WHERE a.attrelid = k.table_id AND a.attnum = ANY (k.key_columns) AND a.attisdropped
    )
    AND (k.target_id = 0 OR EXISTS (SELECT FROM pg_class AS t WHERE t.oid = k.target_id));

-- The primary or unique key of these columns.
CREATE OR REPLACE FUNCTION redshift_catalog.referred_key(table_id oid, columns smallint[]) RETURNS oid
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT coalesce((
        SELECT k.key_id
        FROM redshift_catalog.table_keys AS k
        WHERE k.table_id = referred_key.table_id AND k.key_type IN ('p', 'u')
            AND k.key_columns @> columns AND columns @> k.key_columns
        ORDER BY k.key_type
        LIMIT 1
    ), 0)
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.column_names(table_id oid, numbers smallint[]) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY n.place)
    FROM unnest(numbers) WITH ORDINALITY AS n (number, place)
    JOIN pg_attribute AS a ON a.attrelid = table_id AND a.attnum = n.number
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_constraintdef(constraint_id oid, pretty boolean DEFAULT false)
RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT coalesce(
        (
            SELECT CASE k.key_type WHEN 'p' THEN 'PRIMARY KEY ' WHEN 'u' THEN 'UNIQUE ' ELSE 'FOREIGN KEY ' END
                || '(' || redshift_catalog.column_names(k.table_id, k.key_columns) || ')'
                || CASE k.key_type
                    WHEN 'f' THEN ' REFERENCES ' || k.target_id::regclass || '('
                        || redshift_catalog.column_names(k.target_id, k.target_columns) || ')'
                    ELSE ''
                END
            FROM redshift_catalog.keys AS k
            WHERE k.key_id = constraint_id
        ),
        pg_catalog.pg_get_constraintdef(constraint_id, pretty)
    )
$$;

-- Keys have no real index.
CREATE OR REPLACE FUNCTION redshift_catalog.pg_get_indexdef(
    index_id oid, column_number integer DEFAULT 0, pretty boolean DEFAULT false
) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
AS $$
    SELECT coalesce(
        (
            SELECT CASE column_number
                WHEN 0 THEN format('CREATE UNIQUE INDEX %I ON %I.%I', k.key_name, n.nspname, c.relname)
                    || ' USING btree (' || redshift_catalog.column_names(k.table_id, k.key_columns) || ')'
                ELSE redshift_catalog.column_names(k.table_id, k.key_columns[column_number:column_number])
            END
            FROM redshift_catalog.keys AS k
            JOIN pg_class AS c ON c.oid = k.table_id
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE k.key_id = index_id
        ),
        pg_catalog.pg_get_indexdef(index_id, column_number, pretty)
    )
$$;
