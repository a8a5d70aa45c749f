"""SHOW of what the catalog holds becomes a query: https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW.html"""

from __future__ import annotations

import pytest

from local_redshift.statements import plan_script
from local_redshift.wire.errors import RedshiftError


def sent(sql: str) -> str:
    (statement,) = plan_script(sql)
    return statement.sql


@pytest.mark.parametrize(
    ("sql", "query"),
    [
        ("SHOW DATABASES", "show_databases"),
        (
            "SHOW SCHEMAS FROM DATABASE dev LIKE 'a%'",
            "show_schemas WHERE database_name = 'dev' AND schema_name LIKE 'a%'",
        ),
        ("SHOW TABLES FROM SCHEMA S", "show_tables WHERE schema_name = 's'"),
        (
            "SHOW TABLES FROM SCHEMA $1.$2 LIKE $3",
            "show_tables WHERE database_name = $1::text AND schema_name = $2::text AND table_name LIKE $3::text",
        ),
        (
            "SHOW TABLES FROM DATABASE d DRIVER_TOKEN 'x' WHERE SCHEMA_NAME LIKE $1 AND TABLE_NAME LIKE 'b'",
            "show_tables WHERE database_name = 'd' AND schema_name LIKE $1::text AND table_name LIKE 'b'",
        ),
        (
            "SHOW COLUMNS FROM TABLE t LIMIT 5",
            "show_columns WHERE table_name = 't' AND schema_name = ANY (pg_catalog.current_schemas(true)) LIMIT 5",
        ),
        (
            "SHOW CONSTRAINTS FOREIGN KEYS EXPORTED FROM TABLE s.t",
            "show_foreign_keys WHERE pk_schema_name = 's' AND pk_table_name = 't'",
        ),
        (
            "SHOW GRANTS ON TABLES FROM DATABASE d WHERE TABLE_NAME LIKE 'x'",
            "show_table_grants WHERE database_name = 'd' AND object_name LIKE 'x'",
        ),
        (
            "SHOW GRANTS ON TABLE s.t FOR ROLE r LIMIT 2",
            "show_table_grants WHERE schema_name = 's' AND object_name = 't' AND identity_type IN ('role', 'group')"
            " AND identity_name = 'r' LIMIT 2",
        ),
        (
            "SHOW GRANTS ON SCHEMA s FOR PUBLIC",
            "show_schema_grants WHERE schema_name = 's' AND identity_type = 'public'",
        ),
        ('SHOW COLUMNS FROM TABLE "o\'k".t', "show_columns WHERE schema_name = 'o''k' AND table_name = 't'"),
    ],
)
def test_show_asks_a_view_of_the_documented_columns(sql: str, query: str) -> None:
    assert sent(sql) == f"SELECT * FROM redshift_catalog.{query}"


def test_parameters_are_those_of_one_overload() -> None:
    end = "WHERE schema_name = 's' AND function_name = 'f'"
    assert sent("SHOW PARAMETERS OF FUNCTION s.f").endswith(end)
    typed = sent("SHOW PARAMETERS OF FUNCTION s.f(int, Double Precision, $1)")
    assert typed.endswith(f"{end} AND argument_list = pg_catalog.concat_ws(', ', 'int', 'double precision', $1::text)")


def test_definitions_are_text() -> None:
    assert sent("SHOW TABLE S.T") == "SELECT redshift_catalog.table_ddl('S.T') AS \"Show Table DDL statement\""


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW TABLES FROM SCHEMA a.b.c",
        "SHOW TABLES FROM SCHEMA s LIKE",
        "SHOW SCHEMAS FROM DATABASE d LIMIT many",
        "SHOW TABLES FROM DATABASE d WHERE owner = 'x'",
        "SHOW COLUMNS FROM TABLE t ORDER BY 1",
        "SHOW TABLE a, b",
    ],
)
def test_what_the_grammar_does_not_have_is_a_syntax_error(sql: str) -> None:
    with pytest.raises(RedshiftError) as caught:
        plan_script(sql)
    assert caught.value.sqlstate == "42601"


@pytest.mark.parametrize("sql", ["SHOW search_path", "SHOW TIME ZONE"])
def test_parameters_of_the_session_are_still_shown(sql: str) -> None:
    assert sent(sql) == sql
