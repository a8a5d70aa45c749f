-- Roles: https://docs.aws.amazon.com/redshift/latest/dg/r_DROP_ROLE.html

-- A role that is granted to somebody, or that others are granted to, is dropped by FORCE only. PostgreSQL drops it in any
-- case. Whoever makes a role is a member of it, which counts for nothing here.
CREATE OR REPLACE PROCEDURE redshift_catalog.drop_role(name text, is_forced boolean)
LANGUAGE plpgsql
AS $$
DECLARE
    member_of_it record;
BEGIN
    FOR member_of_it IN
        SELECT m.roleid = r.oid AND o.rolcanlogin AS is_user
        FROM pg_roles AS r
        JOIN pg_auth_members AS m ON r.oid IN (m.roleid, m.member)
        JOIN pg_roles AS o ON o.oid IN (m.roleid, m.member) AND o.oid <> r.oid
        WHERE r.rolname = name AND NOT is_forced
            AND NOT EXISTS (
                SELECT
                FROM pg_auth_members AS a
                WHERE a.roleid = m.roleid AND a.member = m.member AND a.admin_option
            )
        ORDER BY is_user DESC
    LOOP
        RAISE EXCEPTION '%', CASE
            WHEN member_of_it.is_user THEN 'cannot drop this role since it has been granted on a user'
            ELSE 'cannot drop this role since it depends on another role'
        END
        USING ERRCODE = 'dependent_objects_still_exist', HINT = 'DROP ROLE … FORCE removes its grants too.';
    END LOOP;
    EXECUTE format('DROP ROLE %I', name);
END
$$;
