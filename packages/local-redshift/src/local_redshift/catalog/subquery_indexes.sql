-- Hidden indexes for correlated subqueries. Redshift joins what such a subquery reads; PostgreSQL runs it once for each
-- row of the query around it, and would read its whole table each time:
-- https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html

-- The columns by which a statement's subqueries look rows up, and which no index finds: those of tables that are read as
-- a whole once for each row.
CREATE OR REPLACE FUNCTION redshift_catalog.looked_up_columns(plan json)
RETURNS TABLE (table_id oid, column_number smallint)
LANGUAGE sql STABLE
AS $$
    WITH RECURSIVE nodes AS (
        SELECT plan -> 0 -> 'Plan' AS node, false AS is_repeated
        UNION ALL
        SELECT child.value, n.is_repeated OR child.value ->> 'Parent Relationship' = 'SubPlan'
        FROM nodes AS n
        CROSS JOIN LATERAL json_array_elements(n.node -> 'Plans') AS child
    ), scans AS (
        SELECT
            format('%I.%I', node ->> 'Schema', node ->> 'Relation Name') AS name,
            quote_ident(node ->> 'Alias') AS alias,
            node ->> 'Filter' AS condition
        FROM nodes
        WHERE is_repeated AND node ->> 'Node Type' = 'Seq Scan' AND node ->> 'Filter' LIKE '% = %'
    ), comparisons AS (
        SELECT s.name, s.alias, c.part[1] AS left_side, c.part[4] AS right_side, c.part[2] AS left_name, c.part[5] AS right_name
        FROM scans AS s
        CROSS JOIN LATERAL regexp_matches(
            s.condition,
            '((?:"[^"]+"|\\w+))\\.("[^"]+"|\\w+)\\)?((?:::[a-z ]+)?) = \\(?("[^"]+"|\\w+)\\.("[^"]+"|\\w+)', 'g'
        ) AS c (part)
    ), columns AS (
        SELECT name, left_name AS column_name FROM comparisons WHERE left_side = alias AND right_side <> alias
        UNION
        SELECT name, right_name FROM comparisons WHERE right_side = alias AND left_side <> alias
    )
    SELECT r.oid, a.attnum
    FROM columns AS c
    JOIN pg_class AS r ON r.oid = to_regclass(c.name)
    JOIN pg_attribute AS a ON a.attrelid = r.oid AND quote_ident(a.attname) = c.column_name
    WHERE r.relkind IN ('r', 'm') AND r.relnamespace NOT IN (
            'pg_catalog'::regnamespace, 'redshift_catalog'::regnamespace, 'information_schema'::regnamespace
        )
        AND pg_relation_size(r.oid) >= 65536
        AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = r.oid AND i.indkey[0] = a.attnum)
$$;

-- A hash index, because a subquery looks rows up by equality only, and because its entries have a few bytes however long
-- a text is. Nobody waits long for it, and whoever would have to goes without.
CREATE OR REPLACE FUNCTION redshift_catalog.index_column(table_id oid, column_number smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '200ms'
AS $$
DECLARE
    column_name name := (
        SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = table_id AND a.attnum = column_number
    );
BEGIN
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS %I ON %s USING hash (%I)',
        'redshift_sortkey_' || table_id || '_by_' || column_number, table_id::regclass, column_name
    );
EXCEPTION
    WHEN OTHERS THEN
        NULL;
END
$$;

-- Index what a statement's subqueries look up: here, in tables that nobody else sees or writes before this transaction
-- ends, and else by the server's own connection, which gets the columns as rows and holds no lock for longer than it takes.
CREATE OR REPLACE FUNCTION redshift_catalog.index_subqueries(statement text)
RETURNS TABLE (table_id oid, column_number smallint)
LANGUAGE plpgsql
AS $$
DECLARE
    plan json;
    found record;
BEGIN
    EXECUTE 'EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) ' || statement INTO plan;
    FOR found IN
        SELECT
            l.table_id,
            l.column_number,
            c.relpersistence = 't' OR EXISTS (
                SELECT
                FROM pg_locks AS k
                WHERE k.pid = pg_backend_pid() AND k.relation = l.table_id
                    AND k.mode IN ('RowExclusiveLock', 'AccessExclusiveLock')
            ) AS is_own
        FROM redshift_catalog.looked_up_columns(plan) AS l
        JOIN pg_class AS c ON c.oid = l.table_id
    LOOP
        IF found.is_own THEN
            PERFORM redshift_catalog.index_column(found.table_id, found.column_number);
        ELSE
            table_id := found.table_id;
            column_number := found.column_number;
            RETURN NEXT;
        END IF;
    END LOOP;
EXCEPTION
    WHEN OTHERS THEN
        RETURN;
END
$$;
