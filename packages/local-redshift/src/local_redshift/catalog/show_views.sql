-- The answers to SHOW, with their rows in order (statements/commands/show.py).
-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW.html

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_DATABASES.html
CREATE OR REPLACE VIEW redshift_catalog.show_databases AS
SELECT
    database_name,
    database_owner,
    database_type,
    database_acl,
    database_options AS parameters,
    database_isolation_level
FROM pg_catalog.svv_redshift_databases
ORDER BY database_name;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_SCHEMAS.html
CREATE OR REPLACE VIEW redshift_catalog.show_schemas AS
SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, source_database, schema_option
FROM pg_catalog.svv_all_schemas
ORDER BY schema_name;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_TABLES.html
CREATE OR REPLACE VIEW redshift_catalog.show_tables AS
SELECT
    database_name,
    schema_name,
    table_name,
    table_type::varchar(128) AS table_type,
    acl::varchar(128) AS table_acl,
    remarks::varchar(256) AS remarks,
    owner,
    NULL::timestamp AS last_altered_time,
    NULL::timestamp AS last_modified_time,
    CASE table_type WHEN 'VIEW' THEN NULL ELSE redshift_catalog.dist_style(attributes) END::varchar(128) AS dist_style,
    CASE table_type WHEN 'VIEW' THEN 'REGULAR VIEW' ELSE 'REGULAR TABLE' END::varchar(128) AS table_subtype
FROM redshift_catalog.relations
ORDER BY schema_name, table_name;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_COLUMNS.html
CREATE OR REPLACE VIEW redshift_catalog.show_columns AS
SELECT
    database_name,
    schema_name,
    table_name,
    column_name,
    ordinal_position,
    column_default,
    is_nullable,
    data_type,
    character_maximum_length,
    numeric_precision,
    numeric_scale,
    remarks::varchar(256) AS remarks,
    CASE
        WHEN redshift_catalog.sort_position(attributes, column_name) = 0 THEN NULL
        ELSE coalesce(attributes ->> 'sort_style', 'COMPOUND')
    END::varchar(128) AS sort_key_type,
    abs(redshift_catalog.sort_position(attributes, column_name)) AS sort_key,
    coalesce(attributes ->> 'dist_key' = column_name, false)::integer AS dist_key,
    encoding::varchar(128) AS encoding,
    NULL::varchar(128) AS collation
FROM redshift_catalog.relation_columns
ORDER BY schema_name, table_name, ordinal_position;

-- Each column of each key with its table, and of foreign keys with the column that it refers to.
CREATE OR REPLACE VIEW redshift_catalog.key_columns AS
SELECT
    k.table_id, k.target_id, k.key_name, k.key_type, k.target_columns, p.place, a.attname AS column_name,
    t.attname AS target_column
FROM redshift_catalog.keys AS k
CROSS JOIN unnest(k.key_columns) WITH ORDINALITY AS p (number, place)
JOIN pg_attribute AS a ON a.attrelid = k.table_id AND a.attnum = p.number
LEFT JOIN pg_attribute AS t ON t.attrelid = k.target_id AND t.attnum = k.target_columns[p.place];

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_CONSTRAINTS.html
CREATE OR REPLACE VIEW redshift_catalog.show_primary_keys AS
SELECT
    r.database_name,
    r.schema_name,
    r.table_name,
    k.column_name::varchar(128) AS column_name,
    k.place::integer AS key_seq,
    k.key_name::varchar(128) AS pk_name
FROM redshift_catalog.key_columns AS k
JOIN redshift_catalog.relations AS r ON r.table_id = k.table_id
WHERE k.key_type = 'p'
ORDER BY r.schema_name, r.table_name, k.place;

-- The rules are JDBC's numbers: 3 is NO ACTION, 7 is NOT DEFERRABLE.
CREATE OR REPLACE VIEW redshift_catalog.show_foreign_keys AS
SELECT
    p.database_name AS pk_database_name,
    p.schema_name AS pk_schema_name,
    p.table_name AS pk_table_name,
    k.target_column::varchar(128) AS pk_column_name,
    f.database_name AS fk_database_name,
    f.schema_name AS fk_schema_name,
    f.table_name AS fk_table_name,
    k.column_name::varchar(128) AS fk_column_name,
    k.place::integer AS key_seq,
    3::smallint AS update_rule,
    3::smallint AS delete_rule,
    k.key_name::varchar(128) AS fk_name,
    (
        SELECT o.key_name
        FROM redshift_catalog.keys AS o
        WHERE o.table_id = k.target_id AND o.key_type IN ('p', 'u')
            AND o.key_columns @> k.target_columns AND k.target_columns @> o.key_columns
        ORDER BY o.key_type
        LIMIT 1
    )::varchar(128) AS pk_name,
    7::smallint AS deferrability
FROM redshift_catalog.key_columns AS k
JOIN redshift_catalog.relations AS p ON p.table_id = k.target_id
JOIN redshift_catalog.relations AS f ON f.table_id = k.table_id
WHERE k.key_type = 'f'
ORDER BY p.schema_name, p.table_name, f.schema_name, f.table_name, k.key_name, k.place;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_GRANTS.html
CREATE OR REPLACE VIEW redshift_catalog.show_table_grants AS
SELECT
    r.database_name,
    r.schema_name,
    r.table_name AS object_name,
    r.table_type::varchar(128) AS object_type,
    g.privilege_type::varchar(128) AS privilege_type,
    g.grantee::integer AS identity_id,
    redshift_catalog.identity_name(g.grantee) AS identity_name,
    redshift_catalog.identity_type(g.grantee) AS identity_type,
    g.is_grantable AS admin_option,
    'TABLE'::varchar(128) AS privilege_scope,
    redshift_catalog.identity_name(g.grantor) AS grantor_name
FROM redshift_catalog.relations AS r
JOIN pg_class AS c ON c.oid = r.table_id
CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS g
WHERE g.privilege_type NOT IN ('MAINTAIN', 'TRUNCATE')
ORDER BY r.schema_name, r.table_name, g.privilege_type, 7;

CREATE OR REPLACE VIEW redshift_catalog.show_column_grants AS
SELECT
    r.database_name,
    r.schema_name,
    r.table_name,
    a.attname::varchar(128) AS column_name,
    'COLUMN'::varchar(128) AS object_type,
    g.privilege_type::varchar(128) AS privilege_type,
    g.grantee::integer AS identity_id,
    redshift_catalog.identity_name(g.grantee) AS identity_name,
    redshift_catalog.identity_type(g.grantee) AS identity_type,
    g.is_grantable AS admin_option,
    'COLUMN'::varchar(128) AS privilege_scope,
    redshift_catalog.identity_name(g.grantor) AS grantor_name
FROM redshift_catalog.relations AS r
JOIN pg_attribute AS a ON a.attrelid = r.table_id AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL aclexplode(a.attacl) AS g
ORDER BY r.schema_name, r.table_name, a.attnum, g.privilege_type;

CREATE OR REPLACE VIEW redshift_catalog.show_schema_grants AS
SELECT
    current_database()::varchar(128) AS database_name,
    n.nspname::varchar(128) AS schema_name,
    n.nspname::varchar(128) AS object_name,
    'SCHEMA'::varchar(128) AS object_type,
    g.privilege_type::varchar(128) AS privilege_type,
    g.grantee::integer AS identity_id,
    redshift_catalog.identity_name(g.grantee) AS identity_name,
    redshift_catalog.identity_type(g.grantee) AS identity_type,
    g.is_grantable AS admin_option,
    'SCHEMA'::varchar(128) AS privilege_scope,
    redshift_catalog.identity_name(g.grantor) AS grantor_name
FROM pg_namespace AS n
CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS g
WHERE n.nspname <> 'redshift_catalog'
ORDER BY n.nspname, g.privilege_type, 7;

GRANT SELECT ON
    redshift_catalog.show_databases, redshift_catalog.show_schemas, redshift_catalog.show_tables,
    redshift_catalog.show_columns, redshift_catalog.show_primary_keys, redshift_catalog.show_foreign_keys,
    redshift_catalog.show_table_grants, redshift_catalog.show_column_grants, redshift_catalog.show_schema_grants
TO PUBLIC;
