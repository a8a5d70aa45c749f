"""A correlated subquery finds its rows by a hidden index: its cost grows with the rows and not with their square.

https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
"""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer

ROWS = 4_000

QUERIES = {
    "MAX in the list": "SELECT x.k, (SELECT MAX(y.v) FROM b y WHERE y.k = x.k) AS m FROM a x",
    "MAX in WHERE": "SELECT COUNT(*) FROM a x WHERE x.v = (SELECT MAX(y.v) FROM a y WHERE y.k = x.k)",
    "COUNT": "SELECT x.k, (SELECT COUNT(*) FROM b y WHERE x.k = y.k AND y.v > 10) FROM a x",
    "COUNT DISTINCT": "SELECT x.k, (SELECT COUNT(DISTINCT y.v) FROM b y WHERE y.k = x.k) FROM a x",
    "two columns": "SELECT x.k, (SELECT SUM(y.v) FROM b y WHERE y.k = x.k AND y.t = x.t) FROM a x",
    "text": "SELECT x.k, (SELECT MIN(y.v) FROM b y WHERE y.t = x.t) FROM a x",
    "EXISTS": "SELECT COUNT(*) FROM a x WHERE EXISTS (SELECT 1 FROM b y WHERE y.k = x.k AND y.v > 3)",
    "NOT EXISTS": "SELECT COUNT(*) FROM a x WHERE NOT EXISTS (SELECT 1 FROM b y WHERE y.k = x.k)",
    "EXISTS beside OR": "SELECT COUNT(*) FROM a x WHERE x.v < 0 OR EXISTS (SELECT 1 FROM b y WHERE y.k = x.k)",
    "NOT IN": "SELECT COUNT(*) FROM a x WHERE x.k NOT IN (SELECT y.k FROM b y)",
    "correlated NOT IN": "SELECT COUNT(*) FROM a x WHERE x.v NOT IN (SELECT y.v FROM b y WHERE y.k = x.k)",
    "bare names": "SELECT k, (SELECT MAX(w) FROM c WHERE key = k) FROM a",
    "UPDATE": "UPDATE a SET v = v + 0 WHERE v = (SELECT MAX(y.v) FROM b y WHERE y.k = a.k)",
}


@pytest.fixture
def tables(db: psycopg.Connection[Any], schema: str) -> str:
    db.execute("CREATE TABLE n (i INT)")
    db.execute("INSERT INTO n SELECT 0")
    for _ in range(12):
        db.execute("INSERT INTO n SELECT i + (SELECT COUNT(*) FROM n) FROM n")
    for name, columns in (("a", "k INT, t VARCHAR(4000), v INT"), ("b", "k INT, t VARCHAR(4000), v INT")):
        db.execute(f"CREATE TABLE {name} ({columns})")
        db.execute(f"INSERT INTO {name} SELECT i, 'text ' || i::varchar, i % 100 FROM n WHERE i < {ROWS}")
    db.execute("CREATE TABLE c (key INT, w INT, pad VARCHAR(100))")
    db.execute(f"INSERT INTO c SELECT i, i, 'some text to make the table larger' FROM n WHERE i < {ROWS}")
    return schema


def rows_read(redshift: RedshiftServer, schema: str, sql: str) -> int:
    """Return how many rows a statement's scans read, those included that they leave out."""
    with psycopg.connect(redshift.postgres_dsn(), autocommit=True) as connection:
        connection.execute(f"SET search_path TO {schema}".encode())
        row = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}".encode()).fetchone()
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return _read(plan[0]["Plan"])


def _read(node: dict[str, Any]) -> int:
    own = 0
    if "Relation Name" in node and node["Node Type"] != "ModifyTable":
        left_out = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        own = round((node["Actual Rows"] + left_out) * node["Actual Loops"])
    return own + sum(_read(child) for child in node.get("Plans", ()))


@pytest.mark.parametrize("sql", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])
def test_rows_are_read_a_few_times_and_not_once_for_each_row(
    redshift: RedshiftServer, db: psycopg.Connection[Any], tables: str, sql: str, *, prepare: bool
) -> None:
    db.execute(sql, prepare=prepare)
    assert rows_read(redshift, tables, sql) <= 6 * ROWS


def test_values_longer_than_an_index_entry_can_still_be_loaded(db: psycopg.Connection[Any], tables: str) -> None:
    db.execute(QUERIES["text"])
    assert db.execute("SELECT COUNT(*) FROM pg_indexes WHERE tablename = 'b'").fetchone() == (0,)  # it is hidden
    db.execute("INSERT INTO b VALUES (-1, REPEAT('x', 3999), 7)")
    assert db.execute("SELECT v FROM b WHERE t = REPEAT('x', 3999)").fetchone() == (7,)


def test_blanks_at_the_end_do_not_count(db: psycopg.Connection[Any], tables: str) -> None:
    db.execute("INSERT INTO a VALUES (-5, 'blank', 0)")
    db.execute("INSERT INTO b VALUES (-5, 'blank   ', 5)")
    found = "SELECT (SELECT MAX(y.v) FROM b y WHERE y.t = x.t) FROM a x WHERE x.k = -5"
    assert db.execute(found).fetchone() == (5,)


def test_temporary_and_uncommitted_tables_count(db: psycopg.Connection[Any], tables: str) -> None:
    db.execute("CREATE TEMP TABLE d AS SELECT * FROM b")
    sql = "SELECT x.k, (SELECT MAX(y.v) FROM d y WHERE y.k = x.k) FROM a x"
    db.execute(sql)
    plan = "\n".join(str(row[0]) for row in db.execute(f"EXPLAIN {sql}".encode()).fetchall())
    assert "Seq Scan on d" not in plan
    with db.transaction():
        db.execute("CREATE TABLE e AS SELECT * FROM b")
        inner = sql.replace("FROM d y", "FROM e y")
        db.execute(inner)
        plan = "\n".join(str(row[0]) for row in db.execute(f"EXPLAIN {inner}".encode()).fetchall())
        assert "Seq Scan on e" not in plan


def test_a_reader_keeps_no_writer_waiting(redshift: RedshiftServer, db: psycopg.Connection[Any], tables: str) -> None:
    with psycopg.connect(**redshift.connection()) as reader:
        reader.execute(f"SET search_path TO {tables}".encode())
        reader.execute(QUERIES["MAX in the list"])
        db.execute("SET statement_timeout TO 20000")
        db.execute("INSERT INTO b VALUES (1, 'x', 1)")


def test_a_statement_in_a_failed_transaction_is_refused_as_any_other(redshift: RedshiftServer, tables: str) -> None:
    for prepare in (False, True):
        with psycopg.connect(**redshift.connection()) as connection:
            connection.execute(f"SET search_path TO {tables}".encode())
            with pytest.raises(psycopg.errors.UndefinedTable):
                connection.execute("SELECT 1 FROM nothing")
            with pytest.raises(psycopg.errors.InFailedSqlTransaction):
                connection.execute(QUERIES["MAX in the list"], prepare=prepare)
            connection.rollback()
            assert connection.execute("SELECT 1").fetchone() == (1,)
