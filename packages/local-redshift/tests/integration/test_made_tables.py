"""Tables and views that are made of a query have the types and keys that Redshift gives them, however they are made.

The types of expressions by the guide's pages are in the table of documented results (``documented/cases/types.toml``).
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg
import pytest
import redshift_connector

from local_redshift import RedshiftServer

Db = psycopg.Connection[Any]


@pytest.fixture
def made(db: Db, schema: str) -> Db:
    """A connection beside a table with a row."""
    db.execute("CREATE TABLE t (a VARCHAR(3) DISTKEY, d DECIMAL(8,2) SORTKEY, c CHAR(4), n INT)")
    db.execute("INSERT INTO t VALUES ('abc', 1.25, 'xy', 3)")
    return db


def types(db: Db, name: str) -> list[str]:
    """Return the types of a relation's columns."""
    columns = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
    return [row[0] for row in db.execute(columns + " ORDER BY attnum", (name,))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT x.u FROM (SELECT UPPER(a) AS u FROM t) AS x", "character varying(3)"),
        ("WITH q AS (SELECT a || a AS b FROM t), r AS (SELECT * FROM q) SELECT b FROM r", "character varying(6)"),
        ("SELECT (SELECT MAX(d) FROM t)", "numeric(8,2)"),
        ("SELECT (SELECT x.d * 2 FROM t AS y LIMIT 1) FROM t AS x", "numeric(19,2)"),
        ("SELECT s FROM t AS x JOIN (SELECT n, SUM(d) AS s FROM t GROUP BY n) AS y USING (n)", "numeric(38,2)"),
        ("SELECT n FROM t AS x FULL JOIN (SELECT 1::BIGINT AS n) AS y USING (n)", "bigint"),
        ("SELECT a FROM t UNION ALL SELECT 'four' UNION ALL SELECT NULL", "character varying(4)"),
        ("(SELECT a FROM t) INTERSECT (SELECT c FROM t)", "character varying(4)"),
        ("SELECT NULL UNION SELECT d FROM t", "numeric(8,2)"),
        ("SELECT c FROM t UNION SELECT c FROM t", "character(4)"),
        ("SELECT DISTINCT UPPER(a) FROM t ORDER BY UPPER(a)", "character varying(3)"),
        ("SELECT UPPER(a) FROM t GROUP BY UPPER(a) HAVING COUNT(*) > 0", "character varying(3)"),
        ("SELECT n = 3 FROM t", "boolean"),
        ("SELECT d / 4 FROM t", "numeric(19,13)"),
        ("SELECT 'it''s'", "character varying(4)"),
        ("SELECT -d FROM t", "numeric(8,2)"),
        ("SELECT LISTAGG(a) FROM t", "character varying(65535)"),
        ("WITH RECURSIVE r (k, w) AS (SELECT 1, a FROM t UNION ALL SELECT k + 1, w FROM r WHERE k < 3) SELECT w FROM r",
         "character varying(3)"),
        ("SELECT CURRENT_DATE", "date"),
        ("SELECT " + "||".join(["a"] * 900) + " FROM t", "character varying(2700)"),
        ("SELECT REPEAT(a, 30000) FROM t WHERE n > 3", "character varying(65535)"),
    ],
)  # fmt: skip
def test_type_of_an_expression_at_any_depth(made: Db, query: str, expected: str) -> None:
    made.execute(f"CREATE TABLE of_query AS {query}".encode())
    made.execute(f"CREATE VIEW over_query AS {query}".encode())
    assert types(made, "of_query") == [expected]
    assert types(made, "over_query") == [expected]


def test_the_types_are_seen_in_a_transaction_and_of_temporary_tables(made: Db) -> None:
    with made.transaction():
        made.execute("CREATE TEMP TABLE first AS SELECT a || 'x' AS k, d * 2 AS m FROM t")
        made.execute("CREATE TABLE #second AS SELECT UPPER(k), SUM(m) FROM first GROUP BY 1")
        made.execute("SELECT LOWER(a) AS a INTO TEMP TABLE third FROM t")
    assert types(made, "first") == ["character varying(4)", "numeric(19,2)"]
    assert types(made, '"#second"') == ["character varying(4)", "numeric(38,2)"]
    assert types(made, "third") == ["character varying(3)"]


def test_the_types_are_those_of_an_earlier_statement_of_the_same_query(made: Db) -> None:
    made.execute("CREATE TABLE one AS SELECT 'abc' AS k; CREATE TABLE two AS SELECT k || k AS k FROM one")
    assert types(made, "two") == ["character varying(6)"]


def test_a_failed_statement_leaves_the_transaction_failed_and_tells_the_place(made: Db) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn) as error, made.transaction():
        made.execute("CREATE TABLE k AS SELECT UPPER(nothing) FROM t")
    assert error.value.diag.statement_position == "32"
    with pytest.raises(psycopg.errors.UndefinedTable):
        types(made, "k")


def test_parameters_that_a_driver_sends_have_types(redshift: RedshiftServer, made: Db, schema: str) -> None:
    query = b"CREATE TABLE k AS SELECT %s::VARCHAR(5) AS p, %s + 1 AS q, d * 2 AS r FROM t"
    made.execute(query, ("abc", 4), prepare=True)
    assert types(made, "k") == ["character varying(5)", "integer", "numeric(19,2)"]
    given = redshift.connection()
    login = {name: given[name] for name in ("host", "port", "user", "password")}
    with closing(redshift_connector.connect(**login, database=given["dbname"], ssl=False)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            f"CREATE TABLE {schema}.l AS SELECT 'xyz' AS p, a || %s::VARCHAR(2) AS q FROM {schema}.t", ("!",)
        )
        connection.commit()
    assert types(made, "l") == ["character varying(3)", "character varying(5)"]


def test_a_procedure_makes_no_column_without_a_length(made: Db) -> None:
    made.execute(
        "CREATE PROCEDURE make() AS $$ BEGIN CREATE TABLE k AS SELECT 'abc' AS p, d * 1.5 AS q, a FROM t; END $$ "
        "LANGUAGE plpgsql"
    )
    made.execute("CALL make()")
    assert types(made, "k") == ["character varying(65535)", "numeric(38,3)", "character varying(3)"]
    with pytest.raises(psycopg.errors.StringDataRightTruncation):
        made.execute("INSERT INTO k (p) VALUES (REPEAT('x', 70000))")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT REPEAT(a, 30000) AS k FROM t",
        "SELECT REPEAT('x', 70000) AS k",
        "SELECT REPEAT('\u00e9', 40000) AS k",  # two bytes each
    ],
)
def test_what_is_longer_than_its_type_is_refused(made: Db, query: str) -> None:
    with pytest.raises(psycopg.errors.StringDataRightTruncation, match=r"value too long for type .*\(65535\)"):
        made.execute(f"CREATE TABLE k AS {query}".encode())


def test_a_view_is_shown_as_it_was_written(made: Db) -> None:
    made.execute("CREATE VIEW v AS SELECT UPPER(a) AS u, d * 2 AS twice FROM t")
    shown = [
        made.execute(sql).fetchone()
        for sql in (
            "SELECT definition FROM pg_views WHERE viewname = 'v'",
            "SELECT view_definition FROM information_schema.views WHERE table_name = 'v'",
            "SELECT pg_get_viewdef('v'::regclass)",
            "SHOW VIEW v",
        )
    ]
    for row in shown:
        assert row is not None
        assert row[0].split()[0] == "SELECT"
        assert "upper(" in row[0]
        assert '"varchar"(' not in row[0]
        assert "redshift_query" not in row[0]


def test_a_view_takes_no_other_type_when_it_is_replaced(made: Db) -> None:
    made.execute("CREATE VIEW v AS SELECT 'abc' AS k")
    made.execute("CREATE OR REPLACE VIEW v AS SELECT 'xyz' AS k")
    with pytest.raises(psycopg.Error, match='cannot change data type of view column "k"'):
        made.execute("CREATE OR REPLACE VIEW v AS SELECT 'abcd' AS k")


def test_an_interleaved_key_and_a_distribution_are_taken_over(made: Db) -> None:
    made.execute("CREATE TABLE k (p INT, q INT, r INT) DISTSTYLE ALL INTERLEAVED SORTKEY (p, q)")
    made.execute("CREATE TABLE l AS SELECT * FROM (SELECT q AS b, p AS a FROM k WHERE r > 1) AS x")
    made.execute("CREATE TABLE m AS SELECT q, r FROM k")
    keys = 'SELECT tablename, "column", sortkey FROM pg_table_def WHERE tablename IN (%s, %s) AND sortkey <> 0'
    assert sorted(made.execute(keys, ("l", "m"))) == [("l", "a", 1), ("l", "b", -2)]
    style = "SELECT count(*) FROM pg_class WHERE relname IN ('l', 'm') AND reldiststyle = 8"
    assert made.execute(style).fetchone() == (2,)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT x.a, x.d FROM t AS x JOIN t AS y ON x.n = y.n",
        "SELECT DISTINCT a, d FROM t",
        "SELECT a, d FROM t UNION ALL SELECT a, d FROM t",
        "SELECT a, d FROM t LIMIT 3",
        "SELECT a, MAX(d) FROM t GROUP BY a",
        "SELECT UPPER(a) AS a, d + 1 AS d FROM t",
        "SELECT a, d FROM t ORDER BY n LIMIT 2",
    ],
)
def test_keys_are_of_simple_selects_only(made: Db, query: str) -> None:
    made.execute(f"CREATE TABLE k AS {query}".encode())
    assert (
        made.execute("SELECT distkey, sortkey FROM pg_table_def WHERE tablename = 'k'").fetchall() == [(False, 0)] * 2
    )
