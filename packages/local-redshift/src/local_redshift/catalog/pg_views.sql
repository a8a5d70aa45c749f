-- PostgreSQL's catalog as Redshift has it: columns of Redshift's own, keys as constraints, and nothing of what this
-- server makes for itself. The planner replaces pg_catalog's by these (statements/queries/catalog_names.py).
-- https://docs.aws.amazon.com/redshift/latest/dg/c_intro_catalog_views.html

CREATE OR REPLACE VIEW redshift_catalog.pg_namespace AS
SELECT n.oid, n.nspname, n.nspowner, n.nspacl, n.tableoid
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname <> 'redshift_catalog';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_DEFAULT_ACL.html
CREATE OR REPLACE VIEW redshift_catalog.pg_default_acl AS
SELECT
    oid, defaclrole::integer AS defacluser, defaclnamespace, defaclobjtype, defaclacl, tableoid
FROM pg_catalog.pg_default_acl;

-- reldiststyle: 0 is EVEN, 1 KEY, 8 ALL, 10 AUTO(ALL):
-- https://docs.aws.amazon.com/redshift/latest/dg/viewing-distribution-styles.html
CREATE OR REPLACE VIEW redshift_catalog.pg_class AS
SELECT
    c.oid, c.relname, c.relnamespace, c.reltype, c.reloftype, c.relowner, c.relam, c.relfilenode, c.reltablespace,
    c.relpages, c.reltuples, c.relallvisible, c.reltoastrelid,
    EXISTS (SELECT FROM redshift_catalog.keys AS k WHERE k.table_id = c.oid AND k.key_type IN ('p', 'u'))
        AS relhasindex,
    c.relisshared, c.relpersistence, CASE c.relkind WHEN 'm' THEN 'v'::"char" ELSE c.relkind END AS relkind, c.relnatts, 0::smallint AS relchecks, c.relhasrules,
    EXISTS (SELECT FROM redshift_catalog.keys AS k WHERE k.key_type = 'f' AND c.oid IN (k.table_id, k.target_id))
        AS relhastriggers,
    c.relhassubclass, c.relrowsecurity, c.relforcerowsecurity, c.relispopulated, c.relreplident, c.relispartition,
    c.relrewrite, c.relfrozenxid, c.relminmxid, c.relacl, c.reloptions, c.relpartbound, c.tableoid,
    false AS relhasoids,
    EXISTS (SELECT FROM redshift_catalog.keys AS k WHERE k.table_id = c.oid AND k.key_type = 'p') AS relhaspkey,
    CASE
        WHEN c.relkind NOT IN ('r', 'm') THEN 0
        WHEN s.attributes ->> 'dist_key' IS NOT NULL THEN 1
        WHEN s.attributes ->> 'dist_style' = 'EVEN' THEN 0
        WHEN s.attributes ->> 'dist_style' = 'ALL' THEN 8
        ELSE 10
    END::smallint AS reldiststyle
FROM pg_catalog.pg_class AS c
LEFT JOIN redshift_catalog.table_storage AS s ON s.table_id = c.oid
WHERE NOT starts_with(c.relname, 'redshift_sortkey_')
    AND c.relnamespace <> (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'redshift_catalog')
UNION ALL
SELECT
    k.key_id, k.key_name, k.relnamespace, 0, 0, c.relowner, i.relam, 0, 0, 1, 0, 0, 0, false, false, c.relpersistence,
    'i', cardinality(k.key_columns)::smallint, 0, false, false, false, false, false, true, 'n', false, 0, i.relfrozenxid,
    i.relminmxid, NULL, NULL, NULL, c.tableoid, false, false, 0
FROM redshift_catalog.keys AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.table_id
JOIN pg_catalog.pg_class AS i ON i.oid = 'pg_catalog.pg_class_oid_index'::regclass
WHERE k.key_type IN ('p', 'u');

-- attencodingtype is a number of this server's own; format_encoding() gives its name.
CREATE OR REPLACE VIEW redshift_catalog.pg_attribute AS
SELECT
    a.attrelid, a.attname, a.atttypid, coalesce(a.attstattarget, -1::smallint) AS attstattarget, a.attlen, a.attnum,
    a.attndims, -1 AS attcacheoff, a.atttypmod, a.attbyval, a.attalign, a.attstorage, a.attcompression, a.attnotnull,
    a.atthasdef OR a.attidentity <> '' AS atthasdef, a.atthasmissing, ''::"char" AS attidentity, a.attgenerated, a.attisdropped, a.attislocal, a.attinhcount,
    a.attcollation, a.attacl, a.attoptions, a.attfdwoptions, a.tableoid,
    coalesce(s.attributes ->> 'dist_key' = a.attname, false) AS attisdistkey,
    CASE
        WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = a.attrelid AND c.relkind = 'r')
            THEN redshift_catalog.encoding_number(redshift_catalog.encoding(s.attributes, a.attname, a.atttypid))
        ELSE 0::smallint
    END AS attencodingtype,
    redshift_catalog.sort_position(s.attributes, a.attname)::smallint AS attsortkeyord
FROM pg_catalog.pg_attribute AS a
LEFT JOIN redshift_catalog.table_storage AS s ON s.table_id = a.attrelid
WHERE a.attrelid NOT IN (SELECT v.view_id FROM redshift_catalog.late_bindings AS v);

-- adbin is the text that redshift_catalog.pg_get_expr() returns: of PostgreSQL's own form there is none for identities.
CREATE OR REPLACE VIEW redshift_catalog.pg_attrdef AS
SELECT d.oid, d.adrelid, d.adnum, e.expression AS adbin, e.expression AS adsrc
FROM pg_catalog.pg_attrdef AS d
CROSS JOIN LATERAL pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS e (expression)
UNION ALL
SELECT i.sequence_id, i.table_id, i.column_number, i.expression, i.expression
FROM redshift_catalog.identities AS i;

-- All constraints that Redshift has are such keys.
CREATE OR REPLACE VIEW redshift_catalog.pg_constraint AS
SELECT
    k.key_id AS oid, k.key_name AS conname, k.relnamespace AS connamespace, k.key_type AS contype,
    false AS condeferrable, false AS condeferred, true AS convalidated, k.table_id AS conrelid, 0::oid AS contypid,
    CASE k.key_type WHEN 'f' THEN redshift_catalog.referred_key(k.target_id, k.target_columns) ELSE k.key_id END
        AS conindid, 0::oid AS conparentid, k.target_id AS confrelid,
    (CASE k.key_type WHEN 'f' THEN 'a' ELSE ' ' END)::"char" AS confupdtype,
    (CASE k.key_type WHEN 'f' THEN 'a' ELSE ' ' END)::"char" AS confdeltype,
    (CASE k.key_type WHEN 'f' THEN 's' ELSE ' ' END)::"char" AS confmatchtype,
    true AS conislocal, 0::smallint AS coninhcount, true AS connoinherit, k.key_columns AS conkey,
    CASE k.key_type WHEN 'f' THEN k.target_columns END AS confkey, NULL::text AS conbin, NULL::text AS consrc,
    'pg_catalog.pg_constraint'::regclass::oid AS tableoid
FROM redshift_catalog.keys AS k;

CREATE OR REPLACE VIEW redshift_catalog.pg_index AS
SELECT
    i.indexrelid, i.indrelid, i.indnatts, i.indnkeyatts, i.indisunique, i.indnullsnotdistinct, i.indisprimary,
    i.indisexclusion, i.indimmediate, i.indisclustered, i.indisvalid, i.indcheckxmin, i.indisready, i.indislive,
    i.indisreplident, i.indkey, i.indcollation, i.indclass, i.indoption, i.indexprs, i.indpred
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
WHERE NOT starts_with(c.relname, 'redshift_sortkey_')
UNION ALL
SELECT
    k.key_id, k.table_id, cardinality(k.key_columns)::smallint, cardinality(k.key_columns)::smallint, true, false,
    k.key_type = 'p', false, true, false, true, false, true, true, false,
    array_to_string(k.key_columns, ' ')::int2vector, NULL::oidvector, NULL::oidvector,
    array_to_string(array_fill(0, ARRAY[cardinality(k.key_columns)]), ' ')::int2vector, NULL, NULL
FROM redshift_catalog.keys AS k
WHERE k.key_type IN ('p', 'u');

-- A foreign key depends on the key that it refers to.
CREATE OR REPLACE VIEW redshift_catalog.pg_depend AS
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
FROM pg_catalog.pg_depend AS d
UNION ALL
SELECT
    'pg_catalog.pg_constraint'::regclass, k.key_id, 0, 'pg_catalog.pg_class'::regclass,
    redshift_catalog.referred_key(k.target_id, k.target_columns), 0, 'n'
FROM redshift_catalog.keys AS k
WHERE k.key_type = 'f';

-- The same keys in the form of the SQL standard.
CREATE OR REPLACE VIEW redshift_catalog.table_constraints AS
SELECT
    current_database()::information_schema.sql_identifier AS constraint_catalog,
    n.nspname::information_schema.sql_identifier AS constraint_schema,
    k.key_name::information_schema.sql_identifier AS constraint_name,
    current_database()::information_schema.sql_identifier AS table_catalog,
    n.nspname::information_schema.sql_identifier AS table_schema,
    c.relname::information_schema.sql_identifier AS table_name,
    (CASE k.key_type WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END)
        ::information_schema.character_data AS constraint_type,
    'NO'::information_schema.yes_or_no AS is_deferrable,
    'NO'::information_schema.yes_or_no AS initially_deferred
FROM redshift_catalog.keys AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.table_id
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace;

CREATE OR REPLACE VIEW redshift_catalog.key_column_usage AS
SELECT
    t.constraint_catalog, t.constraint_schema, t.constraint_name, t.table_catalog, t.table_schema, t.table_name,
    a.attname::information_schema.sql_identifier AS column_name,
    p.place::information_schema.cardinal_number AS ordinal_position,
    array_position(k.target_columns, k.target_columns[p.place])::information_schema.cardinal_number
        AS position_in_unique_constraint
FROM redshift_catalog.keys AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.table_id
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN redshift_catalog.table_constraints AS t
    ON t.table_schema = n.nspname AND t.table_name = c.relname AND t.constraint_name = k.key_name
CROSS JOIN unnest(k.key_columns) WITH ORDINALITY AS p (number, place)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.table_id AND a.attnum = p.number;

CREATE OR REPLACE VIEW redshift_catalog.constraint_column_usage AS
SELECT
    current_database()::information_schema.sql_identifier AS table_catalog,
    n.nspname::information_schema.sql_identifier AS table_schema,
    c.relname::information_schema.sql_identifier AS table_name,
    a.attname::information_schema.sql_identifier AS column_name,
    current_database()::information_schema.sql_identifier AS constraint_catalog,
    s.nspname::information_schema.sql_identifier AS constraint_schema,
    k.key_name::information_schema.sql_identifier AS constraint_name
FROM redshift_catalog.keys AS k
JOIN pg_catalog.pg_namespace AS s ON s.oid = k.relnamespace
JOIN pg_catalog.pg_class AS c ON c.oid = CASE k.key_type WHEN 'f' THEN k.target_id ELSE k.table_id END
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid = c.oid
        AND a.attnum = ANY (CASE k.key_type WHEN 'f' THEN k.target_columns ELSE k.key_columns END);

CREATE OR REPLACE VIEW redshift_catalog.referential_constraints AS
SELECT
    t.constraint_catalog, t.constraint_schema, t.constraint_name,
    t.constraint_catalog AS unique_constraint_catalog,
    (
        SELECT n.nspname
        FROM pg_catalog.pg_namespace AS n
        WHERE n.oid = u.relnamespace
    )::information_schema.sql_identifier AS unique_constraint_schema,
    u.key_name::information_schema.sql_identifier AS unique_constraint_name,
    'NONE'::information_schema.character_data AS match_option,
    'NO ACTION'::information_schema.character_data AS update_rule,
    'NO ACTION'::information_schema.character_data AS delete_rule
FROM redshift_catalog.keys AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.table_id
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN redshift_catalog.table_constraints AS t
    ON t.table_schema = n.nspname AND t.table_name = c.relname AND t.constraint_name = k.key_name
LEFT JOIN LATERAL (
    SELECT o.key_name, o.relnamespace
    FROM redshift_catalog.keys AS o
    WHERE o.table_id = k.target_id AND o.key_type IN ('p', 'u')
        AND o.key_columns @> k.target_columns AND k.target_columns @> o.key_columns
    ORDER BY o.key_type
    LIMIT 1
) AS u ON true
WHERE k.key_type = 'f';

-- PostgreSQL's own roles are no groups. To PostgreSQL, who creates a group is its member, with the right to administer it.
CREATE OR REPLACE VIEW redshift_catalog.pg_group AS
SELECT
    g.groname, g.grosysid,
    ARRAY(
        SELECT DISTINCT m.member
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid = g.grosysid AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_auth_members AS a
            WHERE a.roleid = m.roleid AND a.member = m.member AND a.admin_option
        )
        ORDER BY m.member
    ) AS grolist
FROM pg_catalog.pg_group AS g
WHERE NOT starts_with(g.groname, 'pg_');

GRANT SELECT ON
    redshift_catalog.pg_namespace, redshift_catalog.pg_class, redshift_catalog.pg_attribute, redshift_catalog.pg_attrdef,
    redshift_catalog.pg_constraint, redshift_catalog.pg_index, redshift_catalog.pg_depend,
    redshift_catalog.pg_default_acl, redshift_catalog.pg_group, redshift_catalog.table_constraints,
    redshift_catalog.key_column_usage, redshift_catalog.constraint_column_usage,
    redshift_catalog.referential_constraints
TO PUBLIC;
