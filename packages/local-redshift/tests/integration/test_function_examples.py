"""AWS's own examples of functions, with the results that the documentation prints.

Each case names its page of https://docs.aws.amazon.com/redshift/latest/dg/.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

WINSALES = """
    (30001, '2003-08-02', 3, 'b', 10), (10001, '2003-12-24', 1, 'c', 10), (10005, '2003-12-24', 1, 'a', 30),
    (40001, '2004-01-09', 4, 'a', 40), (10006, '2004-01-18', 1, 'c', 10), (20001, '2004-02-12', 2, 'b', 20),
    (40005, '2004-02-12', 4, 'a', 10), (20002, '2004-02-16', 2, 'c', 20), (30003, '2004-04-18', 3, 'b', 15),
    (30004, '2004-04-18', 3, 'b', 20), (30007, '2004-09-07', 3, 'c', 30)
"""


@pytest.fixture
def winsales(db: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """The table of https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html."""
    db.execute("CREATE TABLE winsales (salesid int, dateid date, sellerid int, buyerid char(10), qty int)")
    db.execute(f"INSERT INTO winsales VALUES {WINSALES}")  # type: ignore[arg-type]
    return db


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LISTAGG.html
        (
            "select sellerid, listagg(qty, '|') within group (order by salesid) over (partition by sellerid) "
            "from winsales where buyerid = 'a' order by salesid",
            [(1, "30"), (4, "40|10"), (4, "40|10")],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_RATIO_TO_REPORT.html
        (
            "select salesid, ratio_to_report(qty) over (partition by sellerid) from winsales "
            "where sellerid in (2, 4) order by salesid",
            [(20001, 0.5), (20002, 0.5), (40001, 0.8), (40005, 0.2)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_MEDIAN.html
        (
            "select distinct sellerid, median(qty) over (partition by sellerid) from winsales where sellerid = 4",
            [(4, 25)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_PERCENTILE_CONT.html
        (
            "select sellerid, qty, percentile_cont(0.6) within group (order by qty) over (partition by sellerid) "
            "from winsales where sellerid < 3 order by 1, 2",
            [(1, 10, 14.0), (1, 10, 14.0), (1, 30, 14.0), (2, 20, 20.0), (2, 20, 20.0)],
        ),
        (
            "select distinct percentile_disc(0.6) within group (order by qty desc) over () from winsales",
            [(15,)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html
        (
            "select salesid, lag(nullif(qty, 20), 1) ignore nulls over (order by salesid), "
            "lead(nullif(qty, 20)) ignore nulls over (order by salesid), "
            "lag(nullif(qty, 20), 2) ignore nulls over (order by salesid) "
            "from winsales where sellerid in (2, 4) or salesid = 30003 order by 1",
            [
                (20001, None, 15, None),
                (20002, None, 15, None),
                (30003, None, 40, None),
                (40001, 15, 10, None),
                (40005, 40, None, 15),
            ],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_first_value.html
        (
            "select distinct first_value(nullif(qty, 10) ignore nulls) over (order by salesid "
            "rows between unbounded preceding and unbounded following) from winsales",
            [(30,)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_QUALIFY_clause.html
        (
            "select * from winsales w where qty > 10 "
            "qualify row_number() over (partition by sellerid order by salesid) = 1 order by salesid limit 1",
            [(10005, date(2003, 12, 24), 1, "a         ", 30)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause-pivot-unpivot-examples.html
        (
            "select * from (select sellerid, buyerid, qty from winsales where sellerid < 3) "
            "pivot (sum(qty) for buyerid in ('a', 'c')) order by sellerid",
            [(1, 30, 20), (2, None, 20)],
        ),
        # AVG of DECIMAL has the argument's scale, as in the first example of that page
        (
            "select * from (select 'prop' as part, 10.00::decimal(12, 2) as price union all select 'prop', 9.00 "
            "union all select 'prop', 12.00 union all select 'rudder', 2.50 union all select 'rudder', 3.75 "
            "union all select 'rudder', 1.90) pivot (avg(price) for part in ('prop', 'rudder'))",
            [(Decimal("10.33"), Decimal("2.71"))],
        ),
        (
            "select * from winsales pivot (count(*) as n for sellerid in (3, 4)) where salesid = 40001",
            [(40001, date(2004, 1, 9), "a         ", 40, 0, 1)],
        ),
        (
            "select * from (select salesid, sellerid, qty from winsales where salesid = 30007) "
            "unpivot (value for name in (sellerid, qty as quantity))",
            [(30007, "sellerid", 3), (30007, "quantity", 30)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_aggregation-extensions.html
        (
            "select sellerid, sum(qty), grouping(sellerid) from winsales where sellerid < 3 group by rollup(sellerid) "
            "order by 1",
            [(1, 50, 0), (2, 40, 0), (None, 90, 1)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_ROW_NUMBER.html
        (
            "select salesid, row_number() over (partition by sellerid order by salesid asc) from winsales "
            "where sellerid = 1 order by 2",
            [(10001, 1), (10005, 2), (10006, 3)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_SUM.html
        (
            "select salesid, sum(qty) over (order by dateid, salesid rows unbounded preceding) as sum "
            "from winsales order by 2 desc limit 1",
            [(30007, 215)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html
        ("select top 2 salesid from winsales order by salesid", [(10001,), (10005,)]),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html
        (
            "select sellerid from winsales minus select sellerid from winsales where buyerid = 'a' order by 1",
            [(2,), (3,)],
        ),
    ],
)
def test_queries_of_the_documentation_give_the_documented_rows(
    winsales: psycopg.Connection[Any], query: str, rows: list[tuple[Any, ...]]
) -> None:
    assert winsales.execute(query).fetchall() == rows  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        # each page says what its function's column is called by default
        ("nvl(1, 2)", "coalesce"),
        ("decode(1, 1, 2)", "case"),
        ("listagg(n)", "listagg"),
        ("regexp_replace('a', 'a', '')", "regexp_replace"),
    ],
)
def test_columns_without_an_alias_have_the_documented_name(
    db: psycopg.Connection[Any], expression: str, name: str
) -> None:
    db.execute("CREATE TABLE q (n INTEGER)")
    cursor = db.execute(f"SELECT {expression} FROM q GROUP BY n")  # type: ignore[call-overload]
    assert cursor.description is not None
    assert cursor.description[0].name == name
