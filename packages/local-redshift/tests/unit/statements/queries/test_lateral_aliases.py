"""Aliases used in the list that defines them: https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html"""

from __future__ import annotations

import pytest

from local_redshift.session.name_resolution import explainable
from local_redshift.statements import plan_script
from local_redshift.statements.queries.lateral_aliases import inline_alias

EPOCH = "TIMESTAMP 'epoch' + ts / 1000 * INTERVAL '1 second'"


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT clicks / impressions AS probability, ROUND(100 * probability, 1) FROM raw_data", ("probability",)),
        (f"SELECT DISTINCT {EPOCH} AS start_time, EXTRACT(hour FROM start_time) FROM e", ("start_time",)),
        (f"SELECT DISTINCT({EPOCH}) start_time, EXTRACT(hour FROM start_time) AS hour FROM e", ("start_time",)),
        ('SELECT a + 1 AS "B", "B" * 2 FROM t', ("b",)),
        ("SELECT a + 1 AS b, b + 1 AS c, c * b FROM t", ("b", "c")),
        ("INSERT INTO x (SELECT ts AS t, DATE_TRUNC('day', t) FROM e)", ("t",)),
        ("SELECT * FROM (SELECT a AS b, b + 1 AS c FROM t) AS q", ("b",)),
        ("SELECT TOP 5 COUNT(*) n, n * 2 FROM t", ("n",)),
        ("SELECT a + 1 AS b, LISTAGG(c) WITHIN GROUP (ORDER BY c) OVER (PARTITION BY b) FROM t", ("b",)),
        # https://github.com/aws/amazon-redshift-python-driver: get_tables()
        ("SELECT n AS schem FROM t WHERE true AND (c = 1 OR schem LIKE $1) ORDER BY 1", ("schem",)),
        ("SELECT a AS b, COUNT(*) AS n FROM t GROUP BY a HAVING n > 1 UNION SELECT b, 1 FROM u", ("n",)),
        # names that mean something else
        ("SELECT a AS b, t.b FROM t", ()),
        ("SELECT b + 1, a AS b FROM t", ()),
        ("SELECT EXTRACT(hour FROM x) AS hour, EXTRACT(hour FROM y), DATE_PART(hour, z) FROM t", ()),
        ("SELECT a AS date, x::date, CAST(y AS date), DATE '2018-11-01', date(z) FROM t", ()),
        ("SELECT a AS b, (SELECT MAX(b) FROM u) FROM t", ()),
        ("SELECT a AS b FROM t WHERE c > 1 GROUP BY b ORDER BY b", ()),
        ("SELECT a AS b FROM t WHERE c IN (SELECT b FROM u)", ()),
        ("SELECT a AS b FROM t UNION SELECT b FROM u", ()),
        ("SELECT x::double precision, x AND y, CASE WHEN x THEN y END, x IS NULL, precision, y FROM t", ()),
    ],
)
def test_names_are_found_that_may_stand_for_an_alias(sql: str, names: tuple[str, ...]) -> None:
    (statement,) = plan_script(sql)
    assert statement.lateral_aliases == names


@pytest.mark.parametrize(
    ("sql", "name", "inlined"),
    [
        (
            "SELECT clicks / impressions AS p, ROUND(100 * p, 1) AS percentage FROM d",
            "p",
            "SELECT clicks / impressions AS p, ROUND(100 * (clicks / impressions), 1) AS percentage FROM d",
        ),
        (
            "SELECT DISTINCT a AS h, EXTRACT(h FROM h), h::int FROM t WHERE h = 1",
            "h",
            "SELECT DISTINCT a AS h, EXTRACT(h FROM (a)), (a)::int FROM t WHERE (a) = 1",
        ),
        ("SELECT a AS x, x AS x, x FROM t", "x", "SELECT a AS x, (a) AS x, (x) FROM t"),
        ("SELECT a -- why\n AS x, x + 1 FROM t", "x", "SELECT a -- why\n AS x, (a) + 1 FROM t"),
        (
            "SELECT a AS x FROM t WHERE x NOT IN (SELECT x FROM u) AND (x > 1)",
            "x",
            "SELECT a AS x FROM t WHERE (a) NOT IN (SELECT x FROM u) AND ((a) > 1)",
        ),
        ("SELECT a AS x, y FROM t", "x", "SELECT a AS x, y FROM t"),
    ],
)
def test_an_expression_takes_the_place_of_its_alias(sql: str, name: str, inlined: str) -> None:
    assert inline_alias(sql, name) == inlined


@pytest.mark.parametrize(
    ("sql", "query"),
    [
        ("SELECT a AS x, x FROM t", "SELECT a AS x, x FROM t"),
        ("CREATE TABLE u AS SELECT a AS x, x FROM t", "CREATE TABLE u AS SELECT a AS x, x FROM t"),
        ("CREATE VIEW v AS SELECT a AS x, x FROM t", " SELECT a AS x, x FROM t"),
        ("CREATE OR REPLACE VIEW v (b, c) AS (SELECT a AS x, x FROM t)", " (SELECT a AS x, x FROM t)"),
    ],
)
def test_what_postgresql_is_asked_about_is_what_explain_takes(sql: str, query: str) -> None:
    assert explainable(sql) == query
