"""Where the query stands in a statement that makes a table or a view of it."""

from __future__ import annotations

import re

import pytest

from local_redshift.statements import plan_script


@pytest.mark.parametrize(
    ("sql", "head", "query", "table", "columns"),
    [
        ("CREATE TABLE t AS SELECT 1", "CREATE TABLE t AS ", "SELECT 1", ("t",), ()),
        ("CREATE TABLE s.t (a, b) AS (SELECT 1, 2)", "CREATE TABLE s.t (a, b) AS ", "(SELECT 1, 2)", ("s", "t"),
         ("a", "b")),
        ("CREATE TEMP TABLE t AS WITH q AS (SELECT 1) SELECT * FROM q", "CREATE TEMP TABLE t AS ",
         "WITH q AS (SELECT 1) SELECT * FROM q", ("t",), ()),
        ("CREATE TABLE #t AS SELECT 1", 'CREATE TEMP TABLE "#t" AS ', "SELECT 1", ("#t",), ()),
        ("CREATE OR REPLACE VIEW v (a) AS SELECT 1", "CREATE OR REPLACE VIEW v (a) AS ", "SELECT 1", (), ("a",)),
        ("CREATE MATERIALIZED VIEW m AUTO REFRESH NO AS SELECT 1", "CREATE MATERIALIZED VIEW m AS ", "SELECT 1", (),
         ()),
        ("CREATE TABLE t AS /* of */ SELECT 1", "CREATE TABLE t AS /* of */ ", "SELECT 1", ("t",), ()),
    ],
)  # fmt: skip
def test_the_statement_is_cut_before_its_query(sql, head, query, table, columns):
    (statement,) = plan_script(sql)
    makes = statement.makes
    assert makes is not None
    written = re.sub(r"/\*redshift .*?\*/ ", "", makes.head)
    assert (written, makes.query, makes.table, makes.columns) == (head, query, table, columns)
    assert makes.analyzed == " " * len(makes.head) + query


@pytest.mark.parametrize(
    ("sql", "head", "query"),
    [
        ("SELECT a INTO t FROM s", "CREATE TABLE t AS ", "SELECT a FROM s"),
        ("SELECT a INTO TEMPORARY TABLE t FROM s", "CREATE TEMP TABLE t AS ", "SELECT a FROM s"),
        ("SELECT a INTO #t FROM s", 'CREATE TEMP TABLE "#t" AS ', "SELECT a FROM s"),
        (
            "WITH q AS (SELECT 1 a) SELECT a INTO u.t FROM q",
            "CREATE TABLE u.t AS ",
            "WITH q AS (SELECT 1 a) SELECT a FROM q",
        ),
        ("SELECT a INTO t FROM s UNION SELECT 2", "CREATE TABLE t AS ", "SELECT a FROM s UNION SELECT 2"),
    ],
)
def test_select_into_is_create_table_as(sql, head, query):
    (statement,) = plan_script(sql)
    makes = statement.makes
    assert makes is not None
    assert (makes.head, " ".join(makes.query.split())) == (head, query)
    assert len(makes.query) == len(statement.sql)  # places of errors stay


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t",
        "INSERT INTO t SELECT 1",
        "INSERT INTO t WITH q AS (SELECT 1) SELECT * FROM q",
        "CREATE TABLE t (a INT)",
        "CREATE TABLE t (LIKE u)",
        "CREATE SCHEMA s",
        "CREATE VIEW v AS SELECT a FROM s.t WITH NO SCHEMA BINDING",
        "EXPLAIN CREATE TABLE t AS SELECT 1",
    ],
)
def test_other_statements_make_nothing_of_a_query(sql):
    (statement,) = plan_script(sql)
    assert statement.makes is None
