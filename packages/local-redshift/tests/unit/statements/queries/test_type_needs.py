"""PostgreSQL is asked for types only if a statement may need them."""

from __future__ import annotations

import pytest

from local_redshift.statements import plan_script


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a, t.b AS c, \"d\", 1 FROM t WHERE upper(a) = 'x' ORDER BY a || b",
        "SELECT * FROM t",
        "SELECT t.*, u.* FROM t JOIN u ON t.a + 1 = u.a",
        "SELECT COUNT(*), COUNT(DISTINCT a) FROM t",
        "SELECT DISTINCT a FROM t WHERE b IN (SELECT b FROM u)",
        "INSERT INTO t VALUES (1, 'a', 1.5)",
        "INSERT INTO t SELECT upper(a) FROM u",
        "UPDATE t SET a = b + 2 WHERE c > -1",
        "DELETE FROM t WHERE a = 1",
        "CREATE TABLE t (a INT)",
        "BEGIN",
        "SET query_group TO 'a/b'",
    ],
)
def test_plain_statements_need_no_types(sql: str) -> None:
    (statement,) = plan_script(sql)

    assert not statement.needs_types


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT upper(a) FROM t",
        "SELECT a * b FROM t",
        "SELECT 'a'",
        "SELECT 1.5",
        "SELECT NULL",
        "SELECT CASE WHEN a THEN b END FROM t",
        "SELECT a FROM (SELECT max(b) AS a FROM t) AS x",
        "WITH x AS (SELECT a || b AS c FROM t) SELECT c FROM x",
        "SELECT a FROM t UNION SELECT b FROM t",
        "DECLARE c CURSOR FOR SELECT a + b FROM t",
        "CREATE TABLE t AS SELECT a FROM u",
        "CREATE VIEW v AS SELECT a FROM u",
    ],
)
def test_computed_columns_need_types(sql: str) -> None:
    (statement,) = plan_script(sql)

    assert statement.needs_types


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE a / b > 1",
        "INSERT INTO t SELECT a / b FROM u",
        "INSERT INTO t VALUES (1.0 / 3)",
        "UPDATE t SET a = COALESCE(b, c)",
        "DELETE FROM t WHERE NVL(a, b) > 1",
        "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = u.b / 2 "
        "WHEN NOT MATCHED THEN INSERT VALUES (1)",
    ],
)
def test_quotients_and_mixed_decimals_need_types_in_any_statement(sql: str) -> None:
    (statement,) = plan_script(sql)

    assert statement.has_typed_values


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE t SET a = b + c",
        "UPDATE t SET a = b * 10",
        "INSERT INTO t SELECT (a) - b FROM u",
        "DELETE FROM t WHERE a * b > 1",
        "SELECT a FROM t WHERE -a - $1 > 1",
        "UPDATE t SET a = 'NaN'",
        "SELECT a FROM t WHERE a = '0x1F'",
    ],
)
def test_values_that_depend_on_types_need_them(sql: str) -> None:
    (statement,) = plan_script(sql)

    assert statement.needs_types
