-- What CREATE TABLE AS makes: columns whose types have a length, a precision and a scale, and keys that are taken over.
-- The session casts the columns of a query to the types that Redshift gives its expressions, and writes into the
-- statement's comment of which table the rows are.

-- A view's definition without the casts of its columns, which the session has put around the query.
CREATE OR REPLACE FUNCTION redshift_catalog.written_query(definition text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN redshift_catalog.written_operators(coalesce(
    ' ' || substring(definition, E'FROM [(] (.*)[)] redshift_query[(]c1[c0-9, ]*[)];$') || ';', definition
));

-- Columns that a table has of a query which no session has analyzed, in a stored procedure for instance: strings get
-- the longest type, numbers the largest precision and the scale of their values.
CREATE OR REPLACE FUNCTION redshift_catalog.bound_columns(table_id oid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    found record;
    scale integer;
BEGIN
    FOR found IN
        SELECT a.attname, a.atttypid
        FROM pg_attribute AS a
        WHERE a.attrelid = table_id AND a.attnum > 0 AND a.atttypmod = -1
            AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'numeric'::regtype)
    LOOP
        IF found.atttypid = 'numeric'::regtype THEN
            EXECUTE format('SELECT least(max(scale(%I)), 37) FROM %s', found.attname, table_id::regclass) INTO scale;
            EXECUTE format(
                'ALTER TABLE %s ALTER COLUMN %I TYPE numeric(38, %s)', table_id::regclass, found.attname,
                coalesce(scale, 0)
            );
        ELSE
            EXECUTE format(
                'ALTER TABLE %s ALTER COLUMN %I TYPE varchar(65535)', table_id::regclass, found.attname
            );
        END IF;
    END LOOP;
END
$$;

-- The encodings of a table that CREATE TABLE AS makes:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_CTAS_usage_notes.html
CREATE OR REPLACE FUNCTION redshift_catalog.default_encodings(of_table oid, sort_key json) RETURNS json
LANGUAGE sql STABLE
AS $$
    SELECT json_object_agg(
        a.attname,
        CASE
            WHEN a.atttypid IN ('boolean'::regtype, 'real'::regtype, 'double precision'::regtype) THEN 'none'
            WHEN a.attname IN (SELECT k FROM json_array_elements_text(sort_key) AS k) THEN 'none'
            WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype, 'text'::regtype) THEN 'lzo'
            ELSE 'az64'
        END
    )
    FROM pg_attribute AS a
    WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped
$$;

-- The sort key's columns that a table takes over, under the names that they have in it: up to the first that it lacks.
CREATE OR REPLACE FUNCTION redshift_catalog.taken_sort_key(taken json, source_id oid, sort_key json) RETURNS json
LANGUAGE sql STABLE
AS $$
    SELECT json_agg(name ORDER BY place)
    FROM (
        SELECT c.key AS name, k.place, bool_and(c.key IS NOT NULL) OVER (ORDER BY k.place) AS is_kept
        FROM json_array_elements_text(sort_key) WITH ORDINALITY AS k (name, place)
        LEFT JOIN pg_attribute AS a ON a.attrelid = source_id AND a.attname = k.name
        LEFT JOIN json_each_text(taken) AS c ON c.value = a.attnum::text
    ) AS keys
    WHERE is_kept
$$;

-- The storage of a table that CREATE TABLE AS makes: what the statement declares, and for the rest that of the table
-- whose rows it selects.
CREATE OR REPLACE FUNCTION redshift_catalog.made_storage(of_table oid, declared json) RETURNS json
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    source_id CONSTANT oid := declared ->> 'from';
    source CONSTANT json := (SELECT s.attributes FROM redshift_catalog.table_storage AS s WHERE s.table_id = source_id);
    made jsonb := coalesce(declared::jsonb, '{}') - '{from,columns,order}'::text[];
    key_name text;
    sort_key json := coalesce(declared -> 'sort_key', declared -> 'order');
BEGIN
    IF NOT made ?| '{dist_key,dist_style}' THEN
        SELECT c.key
        INTO key_name
        FROM pg_attribute AS a
        JOIN json_each_text(declared -> 'columns') AS c ON c.value = a.attnum::text
        WHERE a.attrelid = source_id AND a.attname = source ->> 'dist_key'
        LIMIT 1;
        made := made || jsonb_strip_nulls(jsonb_build_object(
            'dist_key', key_name, 'dist_style', nullif(source ->> 'dist_style', 'KEY')
        ));
    END IF;
    IF sort_key IS NULL THEN
        sort_key := redshift_catalog.taken_sort_key(declared -> 'columns', source_id, source -> 'sort_key');
        IF json_array_length(sort_key) = json_array_length(source -> 'sort_key') THEN
            made := made || jsonb_strip_nulls(jsonb_build_object('sort_style', source ->> 'sort_style'));
        END IF;
    END IF;
    RETURN made || jsonb_strip_nulls(jsonb_build_object(
        'sort_key', sort_key, 'encodings', redshift_catalog.default_encodings(of_table, sort_key)
    ));
END
$$;
