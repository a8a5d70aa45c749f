"""Users, roles and grants.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
"""

from __future__ import annotations

import pytest

from support.planning import refusal, rewritten


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("CREATE USER u WITH PASSWORD 'Abcdef12' CREATEUSER", "CREATE USER u WITH PASSWORD 'Abcdef12' CREATEROLE"),
        ("CREATE USER u PASSWORD DISABLE NOCREATEUSER", "CREATE USER u PASSWORD NULL NOCREATEROLE"),
        (
            "CREATE USER u PASSWORD 'Abcdef12' SYSLOG ACCESS RESTRICTED IN GROUP g SESSION TIMEOUT 60",
            "CREATE USER u PASSWORD 'Abcdef12' IN GROUP g",
        ),
        ("ALTER USER u CONNECTION LIMIT UNLIMITED", "ALTER USER u CONNECTION LIMIT -1"),
        ("ALTER USER u SET search_path TO s", "ALTER USER u SET search_path TO s"),
        ("ALTER USER u RENAME TO v", "ALTER USER u RENAME TO v"),
        ("GRANT ROLE a, ROLE b TO u, ROLE c", "GRANT a, b TO u, c"),
        ("REVOKE ROLE a FROM u", "REVOKE a FROM u"),
        ("GRANT SELECT, INSERT ON TABLE t TO ROLE r, GROUP g", "GRANT SELECT, INSERT ON TABLE t TO r, GROUP g"),
        ("REVOKE GRANT OPTION FOR SELECT ON t FROM u", "REVOKE GRANT OPTION FOR SELECT ON t FROM u"),
        (
            "ALTER DEFAULT PRIVILEGES FOR USER u IN SCHEMA s GRANT EXECUTE ON PROCEDURES TO ROLE r",
            "ALTER DEFAULT PRIVILEGES FOR USER u IN SCHEMA s GRANT EXECUTE ON ROUTINES TO r",
        ),
        ("DROP ROLE r RESTRICT", "CALL redshift_catalog.drop_role(E'r', false)"),
        ("DROP ROLE r FORCE", "CALL redshift_catalog.drop_role(E'r', true)"),
        ("DROP PROCEDURE p(int, varchar(20))", "DROP PROCEDURE p"),
    ],
)
def test_redshifts_words_become_postgresqls(sql: str, sent: str) -> None:
    assert rewritten(sql) == sent


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("GRANT DROP ON TABLE t TO u", "The privilege DROP"),
        ("GRANT ASSUMEROLE ON 'arn:aws:iam::123456789012:role/r' TO u FOR COPY", "The privilege ASSUMEROLE"),
        ("GRANT CREATE USER TO ROLE r", "permission of the system"),
        ("GRANT ROLE sys:dba TO u", "A role of the system"),
        ("GRANT USAGE ON LANGUAGE plpythonu TO u", "LANGUAGE plpythonu"),
        ("CREATE USER u PASSWORD 'sha256|abc'", "sha256"),
    ],
)
def test_what_this_server_has_not_is_refused_by_name(sql: str, message: str) -> None:
    error = refusal(sql)
    assert message in error.message
    assert "this local Redshift" in error.message
