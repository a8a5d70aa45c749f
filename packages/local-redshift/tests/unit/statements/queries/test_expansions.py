"""QUALIFY, PIVOT, UNPIVOT and MERGE … REMOVE DUPLICATES as the queries that they stand for."""

from __future__ import annotations

import pytest

from local_redshift.statements import plan_script
from support.planning import refusal, rewritten

QUALIFIED = ") AS redshift_qualified WHERE redshift_qualify"


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_QUALIFY_clause.html
        (
            "SELECT a, t.b, NVL(c, 0), d + 1 AS e FROM t AS o QUALIFY RANK() OVER (ORDER BY b) = 1",
            'SELECT "a", "b", redshift_column_2 AS "coalesce", "e" FROM (SELECT a, t.b, '
            "COALESCE(c, 0) AS redshift_column_2, "
            f"d + 1 AS e, (RANK() OVER (ORDER BY b)::integer = 1) AS redshift_qualify FROM t AS o {QUALIFIED}",
        ),
        # a star stands for whole rows, so that the condition is not shown
        (
            "SELECT * FROM s.t JOIN (SELECT 1 AS x) AS u ON true QUALIFY RANK() OVER (ORDER BY b) = 1 ORDER BY 1",
            'SELECT (redshift_row_0_0).*, (redshift_row_0_1).* FROM (SELECT "t" AS redshift_row_0_0, '
            '"u" AS redshift_row_0_1, (RANK() OVER (ORDER BY b)::integer = 1) AS redshift_qualify '
            f"FROM s.t JOIN (SELECT 1 AS x) AS u ON true {QUALIFIED} ORDER BY 1",
        ),
        # aliases of the list, and an order by what is not shown
        (
            "SELECT DISTINCT a, RANK() OVER (ORDER BY b) AS r FROM t AS o QUALIFY r < 3 ORDER BY o.c LIMIT 2",
            'SELECT DISTINCT "a", "r" FROM (SELECT a, RANK() OVER (ORDER BY b)::integer AS r, '
            "((RANK() OVER (ORDER BY b)::integer) < 3) AS redshift_qualify FROM t AS o "
            f"ORDER BY o.c{QUALIFIED} LIMIT 2",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause-pivot-unpivot-examples.html
        (
            "SELECT * FROM (SELECT m, q, p FROM part) PIVOT (AVG(p) AS avg FOR q IN ('x' AS ex, 2)) AS v",
            "SELECT * FROM (SELECT \"m\", redshift_catalog.avg(AVG(CASE WHEN q IS NOT DISTINCT FROM 'x' THEN p END), "
            "MIN(CASE WHEN q IS NOT DISTINCT FROM 'x' THEN p END), "
            "SUM(CASE WHEN q IS NOT DISTINCT FROM 'x' THEN p END)) "
            'AS "ex_avg", '
            "redshift_catalog.avg(AVG(CASE WHEN q IS NOT DISTINCT FROM 2 THEN p END), "
            "MIN(CASE WHEN q IS NOT DISTINCT FROM 2 THEN p END), "
            "SUM(CASE WHEN q IS NOT DISTINCT FROM 2 THEN p END)) "
            'AS "2_avg" '
            'FROM (SELECT m, q, p FROM part) AS redshift_source GROUP BY "m") AS v',
        ),
        (
            "WITH c AS (SELECT a, red, blue FROM t) SELECT * FROM c UNPIVOT (cnt FOR color IN (red, blue AS b))",
            'WITH c AS (SELECT a, red, blue FROM t) SELECT * FROM (SELECT c."a", redshift_unpivoted.color, '
            'redshift_unpivoted."cnt" FROM c CROSS JOIN LATERAL (VALUES (E\'red\', c."red"), (E\'b\', c."blue")) '
            'AS redshift_unpivoted (color, "cnt") WHERE redshift_unpivoted."cnt" IS NOT NULL) AS redshift_pivoted',
        ),
        # names without AS, and the default names of columns
        (
            "SELECT * FROM (SELECT q, p FROM part) PIVOT (COUNT(*) n FOR q IN (1 one, -2, 1 + 1, NULL AS na))",
            'SELECT * FROM (SELECT "p", COUNT(CASE WHEN q IS NOT DISTINCT FROM 1 THEN 1 END) AS "one_n", '
            'COUNT(CASE WHEN q IS NOT DISTINCT FROM -2 THEN 1 END) AS "-2_n", '
            'COUNT(CASE WHEN q IS NOT DISTINCT FROM 1 + 1 THEN 1 END) AS "?column?_n", '
            'COUNT(CASE WHEN q IS NOT DISTINCT FROM NULL THEN 1 END) AS "na_n" '
            'FROM (SELECT q, p FROM part) AS redshift_source GROUP BY "p") AS redshift_pivoted',
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_EXCLUDE_list.html
        (
            "SELECT * EXCLUDE (b, d) FROM (SELECT a, b FROM t) AS q JOIN (SELECT c, d FROM u) AS r ON q.a = r.c",
            'SELECT "q"."a", "r"."c" FROM (SELECT a, b FROM t) AS q JOIN (SELECT c, d FROM u) AS r ON q.a = r.c',
        ),
        (
            "SELECT r.*, q.* EXCLUDE b FROM (SELECT a, b FROM t) AS q, (SELECT c FROM u) AS r WHERE b > 0",
            'SELECT r.*, "q"."a" FROM (SELECT a, b FROM t) AS q, (SELECT c FROM u) AS r WHERE b > 0',
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_clause.html
        (
            "SELECT a, SUM(b), UPPER(c) AS d FROM t GROUP BY ALL ORDER BY 1",
            "SELECT a, SUM(b), UPPER(c) AS d FROM t GROUP BY 1, 3 ORDER BY 1",
        ),
        ("SELECT SUM(b) FROM t GROUP BY ALL", "SELECT SUM(b) FROM t GROUP BY ()"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
        (
            "MERGE INTO t USING s.u ON t.id = u.id REMOVE DUPLICATES",
            "WITH redshift_removed AS (DELETE FROM t USING s.u WHERE t.id = u.id) "
            "INSERT INTO t SELECT DISTINCT * FROM s.u",
        ),
    ],
)
def test_clauses_become_queries(sql: str, sent: str) -> None:
    assert rewritten(sql) == sent


@pytest.mark.parametrize(
    "sql", ["SELECT pivot, qualify FROM t", "SELECT t.qualify, 1 AS unpivot FROM t", "SELECT a * exclude FROM t"]
)
def test_the_words_can_be_names(sql: str) -> None:
    assert rewritten(sql) == sql


def test_a_pivoted_tables_columns_are_asked_for() -> None:
    sql = "SELECT * FROM s.t PIVOT (MAX(a) FOR b IN (1))"
    (asked,) = plan_script(sql)
    assert asked.relation == "s.t"
    (planned,) = plan_script(sql, columns={"s.t": ["a", "b", "c"]})
    assert planned.relation is None
    assert 'GROUP BY "c"' in planned.sql


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM t JOIN u USING (a) QUALIFY RANK() OVER (ORDER BY b) = 1", "QUALIFY beside * and USING"),
        ("SELECT a FROM s.t QUALIFY RANK() OVER (ORDER BY b) = 1", 'near "QUALIFY"'),
        ("SELECT * FROM (SELECT a + 1, b FROM t) PIVOT (MAX(a) FOR b IN (1))", "syntax error"),
        ("SELECT * FROM (SELECT a, b FROM t) PIVOT (STDDEV(a) FOR b IN (1))", 'near "STDDEV"'),
        ("SELECT * FROM (SELECT a, b FROM t) PIVOT (MAX(a) + 1 FOR b IN (1))", 'near "MAX"'),
        ("SELECT * FROM (SELECT a, b FROM t) PIVOT (MAX(a) FOR b IN (SELECT 1))", 'near "SELECT"'),
        ("SELECT * EXCLUDE (c) FROM (SELECT a, b FROM t) AS q", 'column "c" does not exist'),
        ("SELECT * EXCLUDE (b) FROM (SELECT a, b FROM t) AS q JOIN u USING (a)", "EXCLUDE beside USING"),
        ("SELECT *, SUM(b) FROM t GROUP BY ALL", "GROUP BY ALL beside *"),
    ],
)
def test_what_cannot_be_understood_is_refused(sql: str, message: str) -> None:
    assert message in refusal(sql).message


def test_each_statement_of_a_script_is_written_out_by_itself() -> None:
    sql = "SELECT a FROM t AS o QUALIFY RANK() OVER (ORDER BY b) = 1"
    first, second = plan_script(f"{sql};\n{sql}")
    assert first.sql == second.sql == plan_script(sql)[0].sql
