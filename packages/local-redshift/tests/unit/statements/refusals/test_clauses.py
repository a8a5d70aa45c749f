"""Clauses that Redshift has and this server does not have are refused by their names."""

from __future__ import annotations

import pytest

from support.planning import refusal, rewritten


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("ALTER TABLE s.t ADD PARTITION (d = '2024-01-01') LOCATION 's3://b/k'", "ADD PARTITION"),
        ("ALTER TABLE s.t ADD IF NOT EXISTS PARTITION (d = '1') LOCATION 's3://b/k'", "ADD IF NOT EXISTS PARTITION"),
        ("ALTER TABLE s.t DROP PARTITION (d = '2024-01-01')", "DROP PARTITION"),
        ("alter table s.t set table properties ('numRows' = '17')", "SET TABLE PROPERTIES"),
        ("ALTER TABLE s.t SET LOCATION 's3://b/k/'", "SET LOCATION"),
        ("ALTER TABLE t ROW LEVEL SECURITY ON", "ROW LEVEL SECURITY"),
        ("DROP SCHEMA s DROP EXTERNAL DATABASE CASCADE", "DROP EXTERNAL DATABASE"),
        ("GRANT USAGE ON DATASHARE d TO NAMESPACE '1'", "ON DATASHARE"),
        ("REVOKE USAGE ON d FROM ACCOUNT '1'", "FROM ACCOUNT"),
        ("GRANT EXECUTE ON MODEL m TO PUBLIC", "ON MODEL"),
        ("GRANT SELECT ON TABLE t TO MASKING POLICY p", "MASKING POLICY"),
        ('GRANT USAGE ON DATABASE d TO IAM:"Ann"', "IAM:"),
        ("ALTER DATABASE d COLLATE CASE_INSENSITIVE", "COLLATE"),
        ("ALTER DATABASE d ISOLATION LEVEL SNAPSHOT", "ISOLATION LEVEL"),
        ("ALTER MATERIALIZED VIEW v AUTO REFRESH YES", "AUTO REFRESH"),
        ("ALTER SCHEMA s QUOTA 5 GB", "QUOTA"),
        ("ALTER ROLE r WITH OWNER TO ann", "OWNER TO"),
        ("ALTER ROLE r EXTERNALID TO 'x'", "EXTERNALID"),
        ("COPY t FROM 's3://b/k' IAM_ROLE default JOB CREATE j AUTO ON", "JOB CREATE"),
        ("SHOW DATABASES FROM DATA CATALOG ACCOUNT '1'", "FROM DATA CATALOG"),
        ("CREATE USER azure:ann EXTERNALID 'x' PASSWORD DISABLE", "identity provider"),
    ],
)
def test_what_only_redshift_has_is_refused_by_name(sql: str, name: str) -> None:
    error = refusal(sql)
    assert error.sqlstate == "0A000"
    assert name in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_ROLE.html
        ("ALTER ROLE r WITH RENAME TO s", "ALTER ROLE r RENAME TO s"),
        ("CREATE ROLE r EXTERNALID 'x'", "CREATE ROLE r"),
        ("ALTER USER u RESET SESSION TIMEOUT", "ALTER USER u"),
        ("ALTER TABLE t DROP partition", "ALTER TABLE t DROP partition"),
    ],
)
def test_what_looks_alike_is_taken(sql: str, expected: str) -> None:
    assert rewritten(sql) == expected
