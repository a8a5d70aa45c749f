"""What a result's column is called that has no alias: the pages of functions show it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_LOG.html and the functions' other pages
        ("log(100)", "dlog10"),
        ("nvl(1, 2)", "coalesce"),
        ("decode(1, 1, 2)", "case"),
        ("nullif(n, 2)", "n"),
        ("nullif(q.n, 2)", "n"),
        ("user", "current_user"),
        ("listagg(n)", "listagg"),
        ("median(n)", "median"),
        ("percentile_cont(0.5) within group (order by n)", "percentile_cont"),
        ("avg(n)", "avg"),
        ("cast(random() * 100 as int)", "int4"),
        ("cast(2008 as char(4))", "bpchar"),
        ("cast(109.652 as decimal(4,1))", "numeric"),
        # a cast keeps the name of what is cast
        ("n::decimal(4,1)", "n"),
        ("cast(n as decimal)", "n"),
    ],
)
def test_columns_without_an_alias_have_the_documented_name(
    db: psycopg.Connection[Any], expression: str, name: str
) -> None:
    db.execute("CREATE TABLE q (n INTEGER)")
    cursor = db.execute(f"SELECT {expression} FROM q GROUP BY n")  # type: ignore[call-overload]
    assert cursor.description is not None
    assert cursor.description[0].name == name


#: Expressions of r (n INT, d DECIMAL(8,2), s VARCHAR(9), t TIMESTAMP).
EXPRESSIONS = """
n + d; n * d / 2; -n; n % 2; (n + 1); n::BIGINT; n::CHARACTER VARYING(3); CAST(n + 1 AS DOUBLE PRECISION);
CAST(5 AS SMALLINT); CONVERT(INT, n); 5; '5'::DECIMAL(4, 1); 'x'; NULL; TRUE; n IS NULL; NOT n = 1; n BETWEEN 1 AND 2;
s LIKE 'a%'; n IN (1, 2); s || 'x'; CASE WHEN n = 1 THEN 2 END; CASE WHEN n = 1 THEN 2 ELSE d END; NVL(n, 1);
NVL2(n, 1, 2); DECODE(n, 1, 2, d); NULLIF(n, 2); NULLIF(n + 1, 2); COALESCE(n, 1) + 2; GREATEST(n, 2); CURRENT_DATE;
DATE '2020-01-01'; DATE_TRUNC('day', t); EXTRACT(year FROM t); t + INTERVAL '1 day'; t AT TIME ZONE 'UTC';
UPPER(s) || 'x'; SUBSTRING(s FROM 1 FOR 1); TRIM(LEADING 'a' FROM s); USER; SUM(n) OVER (); SUM(n) OVER () + 1;
SUM(n) OVER (PARTITION BY s)::INT; LAG(n) IGNORE NULLS OVER (ORDER BY n); (SELECT MAX(n) FROM r)
"""


@pytest.mark.parametrize("expression", [each.strip() for each in EXPRESSIONS.split(";")])
def test_qualify_leaves_columns_without_an_alias_their_values_and_names(
    db: psycopg.Connection[Any], expression: str
) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_QUALIFY_clause.html
    db.execute("CREATE TABLE r (n INT, d DECIMAL(8, 2), s VARCHAR(9), t TIMESTAMP)")
    db.execute("INSERT INTO r VALUES (1, 2.5, 'ab', '2020-02-03')")
    query = f"SELECT n, {expression}, x.n FROM r AS x"
    plain = db.execute(query.encode())
    qualified = db.execute(f"{query} QUALIFY ROW_NUMBER() OVER (ORDER BY s) = 1".encode())
    assert qualified.fetchall() == plain.fetchall()
    assert [each.name for each in qualified.description or ()] == [each.name for each in plain.description or ()]
