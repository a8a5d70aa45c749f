-- Who may do what, in the form of Redshift's views.

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_RELATION_PRIVILEGES.html
CREATE OR REPLACE VIEW pg_catalog.svv_relation_privileges AS
SELECT
    schema_name::text AS namespace_name,
    object_name::text AS relation_name,
    privilege_type::text AS privilege_type,
    identity_id,
    identity_name::text AS identity_name,
    identity_type::text AS identity_type,
    admin_option
FROM redshift_catalog.show_table_grants;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_SCHEMA_PRIVILEGES.html
CREATE OR REPLACE VIEW pg_catalog.svv_schema_privileges AS
SELECT
    schema_name::text AS namespace_name,
    privilege_type::text AS privilege_type,
    identity_id,
    identity_name::text AS identity_name,
    identity_type::text AS identity_type,
    admin_option,
    'SCHEMA'::text AS privilege_scope
FROM redshift_catalog.show_schema_grants;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_DATABASE_PRIVILEGES.html
CREATE OR REPLACE VIEW pg_catalog.svv_database_privileges AS
SELECT
    d.datname::text AS database_name,
    CASE g.privilege_type WHEN 'TEMPORARY' THEN 'TEMP' ELSE g.privilege_type END AS privilege_type,
    g.grantee::integer AS identity_id,
    redshift_catalog.identity_name(g.grantee)::text AS identity_name,
    redshift_catalog.identity_type(g.grantee)::text AS identity_type,
    g.is_grantable AS admin_option,
    'DATABASE'::text AS privilege_scope
FROM pg_database AS d
CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS g
WHERE d.datname = current_database() AND g.privilege_type <> 'CONNECT';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_FUNCTION_PRIVILEGES.html
CREATE OR REPLACE VIEW pg_catalog.svv_function_privileges AS
SELECT
    r.schema_name::text AS namespace_name,
    r.routine_name::text AS function_name,
    r.argument_list::text AS argument_types,
    g.privilege_type,
    g.grantee::integer AS identity_id,
    redshift_catalog.identity_name(g.grantee)::text AS identity_name,
    redshift_catalog.identity_type(g.grantee)::text AS identity_type,
    g.is_grantable AS admin_option
FROM redshift_catalog.routines AS r
JOIN pg_proc AS p ON p.oid = r.routine_id
CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g
WHERE r.schema_name <> 'pg_catalog';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_DEFAULT_PRIVILEGES.html
CREATE OR REPLACE VIEW pg_catalog.svv_default_privileges AS
SELECT
    n.nspname::text AS schema_name,
    CASE d.defaclobjtype WHEN 'f' THEN 'FUNCTION' ELSE 'RELATION' END AS object_type,
    d.defaclrole::integer AS owner_id,
    pg_get_userbyid(d.defaclrole)::text AS owner_name,
    'user'::text AS owner_type,
    g.privilege_type,
    g.grantee::integer AS grantee_id,
    redshift_catalog.identity_name(g.grantee)::text AS grantee_name,
    redshift_catalog.identity_type(g.grantee)::text AS grantee_type,
    g.is_grantable AS admin_option
FROM pg_default_acl AS d
LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL aclexplode(d.defaclacl) AS g
WHERE d.defaclobjtype IN ('r', 'f');

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_USER_INFO.html
CREATE OR REPLACE VIEW pg_catalog.svv_user_info AS
SELECT
    r.rolname::text AS user_name,
    r.oid::integer AS user_id,
    r.rolcreatedb AS createdb,
    r.rolcreaterole AS superuser,
    r.rolsuper AS catalog_update,
    CASE r.rolconnlimit WHEN -1 THEN 'UNLIMITED' ELSE r.rolconnlimit::text END AS connection_limit,
    'RESTRICTED'::text AS syslog_access,
    NULL::timestamp AS last_ddl_timestamp,
    0 AS session_timeout,
    NULL::text AS external_user_id
FROM pg_roles AS r
WHERE r.rolcanlogin;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_USER_INFO.html
CREATE OR REPLACE VIEW pg_catalog.pg_user_info AS
SELECT
    u.usename,
    u.usesysid,
    u.usecreatedb,
    r.rolcreaterole AS usesuper,
    r.rolsuper AS usecatupd,
    '********'::text AS passwd,
    u.valuntil,
    u.useconfig,
    CASE r.rolconnlimit WHEN -1 THEN 'UNLIMITED' ELSE r.rolconnlimit::text END AS useconnlimit
FROM pg_user AS u
JOIN pg_roles AS r ON r.oid = u.usesysid;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ROLES.html: a role is here what cannot log in.
CREATE OR REPLACE VIEW pg_catalog.svv_roles AS
SELECT r.oid::integer AS role_id, r.rolname::text AS role_name, NULL::text AS role_owner, NULL::text AS external_id
FROM pg_roles AS r
WHERE NOT r.rolcanlogin AND r.rolname NOT LIKE 'pg\\_%';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_USER_GRANTS.html
CREATE OR REPLACE VIEW pg_catalog.svv_user_grants AS
SELECT
    u.oid::integer AS user_id, u.rolname::text AS user_name, r.oid::integer AS role_id, r.rolname::text AS role_name,
    m.admin_option
FROM pg_auth_members AS m
JOIN pg_roles AS u ON u.oid = m.member AND u.rolcanlogin
JOIN pg_roles AS r ON r.oid = m.roleid AND r.rolname NOT LIKE 'pg\\_%';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ROLE_GRANTS.html
CREATE OR REPLACE VIEW pg_catalog.svv_role_grants AS
SELECT
    u.oid::integer AS role_id, u.rolname::text AS role_name, r.oid::integer AS granted_role_id,
    r.rolname::text AS granted_role_name
FROM pg_auth_members AS m
JOIN pg_roles AS u ON u.oid = m.member AND NOT u.rolcanlogin
JOIN pg_roles AS r ON r.oid = m.roleid;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_REDSHIFT_FUNCTIONS.html
CREATE OR REPLACE VIEW pg_catalog.svv_redshift_functions AS
SELECT
    database_name,
    schema_name,
    routine_name AS function_name,
    CASE prokind WHEN 'p' THEN 'STORED PROCEDURE' ELSE 'REGULAR FUNCTION' END::varchar(128) AS function_type,
    argument_list::varchar(512) AS argument_type,
    return_type AS result_type
FROM redshift_catalog.routines
WHERE schema_name <> 'pg_catalog';

GRANT SELECT ON
    pg_catalog.svv_relation_privileges, pg_catalog.svv_schema_privileges, pg_catalog.svv_database_privileges,
    pg_catalog.svv_function_privileges, pg_catalog.svv_default_privileges, pg_catalog.svv_user_info,
    pg_catalog.pg_user_info, pg_catalog.svv_roles, pg_catalog.svv_user_grants, pg_catalog.svv_role_grants,
    pg_catalog.svv_redshift_functions
TO PUBLIC;
