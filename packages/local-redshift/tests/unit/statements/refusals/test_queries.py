"""Queries that PostgreSQL runs and Redshift does not."""

from __future__ import annotations

import pytest

from support.planning import refusal, rewritten


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
        (
            "SELECT t.a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE NOT EXISTS (SELECT 1 FROM v WHERE v.a = t.a))",
            "further out",
        ),
        ("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM (SELECT b FROM u WHERE u.x = t.x) AS d)", "further out"),
        ("SELECT * FROM t LEFT JOIN u ON t.a = u.a AND u.b = (SELECT MAX(b) FROM v WHERE v.a = u.a)", "outer join"),
        ("SELECT * FROM t FULL OUTER JOIN u ON u.b = (SELECT MAX(b) FROM v WHERE v.a = u.a)", "outer join"),
        ("SELECT a FROM t WHERE b NOT IN (SELECT SUM(c) OVER () FROM u WHERE u.a = t.a)", "window function"),
        ("SELECT t.a, (SELECT COUNT(*) FROM u WHERE u.a = t.a) AS n FROM t GROUP BY n, t.a", "GROUP BY names"),
        ("SELECT t.a, (SELECT COUNT(*) FROM u WHERE u.a = t.a) FROM t GROUP BY 1, 2", "GROUP BY names"),
        ("SELECT a FROM t WHERE a IN (SELECT SUM(b) FROM u WHERE u.c > t.c GROUP BY d)", "IN condition"),
    ],
)
def test_a_correlated_subquery_of_an_unsupported_pattern_is_refused(sql: str, hint: str) -> None:
    error = refusal(sql)
    assert error.sqlstate == "0A000"
    assert error.message == "This type of correlated subquery pattern is not supported yet"
    assert hint in (error.hint or "")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html
        ("SELECT 5 > ALL (SELECT 3)", "> ALL with a subquery is not supported"),
        ("SELECT 5 = ALL (SELECT 3)", "= ALL with a subquery is not supported"),
        ("SELECT 5 <> ANY (SELECT 3)", "<> ANY with a subquery is not supported"),
        ("SELECT 5 <= SOME (SELECT 3)", "<= SOME with a subquery is not supported"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html
        ("(SELECT a FROM t LIMIT 9) INTERSECT SELECT a FROM u", "LIMIT may not be used within input to set operations"),
        ("SELECT a FROM t UNION ALL (SELECT a FROM u LIMIT 9)", "LIMIT may not be used within input to set operations"),
        ("SELECT a FROM t MINUS ALL SELECT a FROM u", "MINUS ALL is not supported"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WITH_clause.html
        ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r", 'near "r"'),
        ("WITH RECURSIVE r (n) AS (SELECT 1 UNION SELECT n + 1 FROM r) SELECT n FROM r", 'near "UNION"'),
        ("SELECT n FROM (WITH RECURSIVE r (n) AS (SELECT 1) SELECT n FROM r) AS q", 'near "RECURSIVE"'),
    ],
)
def test_what_redshift_does_not_take_in_a_query_is_refused(sql: str, message: str) -> None:
    error = refusal(sql)
    assert message in error.message
    assert error.hint


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.x = t.x)",
        "SELECT t.a FROM t WHERE t.b = (SELECT MAX(u.b) FROM u WHERE u.a = t.a) GROUP BY 1",
        "SELECT * FROM t LEFT JOIN (SELECT a FROM u) AS v ON v.a = t.a AND t.b IN (SELECT c FROM w)",
        "SELECT * FROM t JOIN u ON t.a = u.a AND u.b = (SELECT MAX(b) FROM v WHERE v.a = u.a)",
        "SELECT * FROM t LEFT JOIN u ON t.a = u.a WHERE u.b = (SELECT MAX(b) FROM v WHERE v.a = u.a)",
        "SELECT t.a, (SELECT COUNT(*) FROM u) AS n FROM t GROUP BY n, t.a",
        "SELECT a FROM t WHERE a IN (SELECT MAX(b) FROM u WHERE u.c > t.c GROUP BY d)",
        "SELECT d.x FROM (SELECT t.x FROM t WHERE t.y = (SELECT MAX(u.y) FROM u WHERE u.x = t.x)) AS d",
        "SELECT t.a FROM s.t WHERE t.a IN (SELECT u.b FROM t.u, public.v WHERE u.c IN (SELECT x.c FROM t.x))",
        "SELECT a FROM t UNION ALL SELECT a FROM u ORDER BY a LIMIT 3",
        "SELECT a FROM t WHERE a IN (SELECT b FROM u LIMIT 1) UNION SELECT 2",
        "SELECT * FROM (SELECT a FROM t LIMIT 3) AS x UNION ALL SELECT * FROM (SELECT a FROM u LIMIT 3) AS y",
        "SELECT 5 = ANY (SELECT 5), 5 <> ALL (SELECT 6), 5 != ALL (SELECT 5), a > ANY ('{1,2}') FROM t",
        "WITH RECURSIVE a AS (SELECT 1 AS x), r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r, a) SELECT n FROM r",
        "UPDATE t SET a = (SELECT b FROM u WHERE u.id = t.id) WHERE EXISTS (SELECT 1 FROM v WHERE v.id = t.id)",
    ],
)
def test_queries_that_redshift_runs_pass(sql: str) -> None:
    assert rewritten(sql) == sql
