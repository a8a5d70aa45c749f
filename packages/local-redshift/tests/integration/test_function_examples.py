"""AWS's own examples of functions, with the results that the documentation prints.

Each case names its page of https://docs.aws.amazon.com/redshift/latest/dg/.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest

from support.function_examples import CASES

WINSALES = """
    (30001, '2003-08-02', 3, 'b', 10), (10001, '2003-12-24', 1, 'c', 10), (10005, '2003-12-24', 1, 'a', 30),
    (40001, '2004-01-09', 4, 'a', 40), (10006, '2004-01-18', 1, 'c', 10), (20001, '2004-02-12', 2, 'b', 20),
    (40005, '2004-02-12', 4, 'a', 10), (20002, '2004-02-16', 2, 'c', 20), (30003, '2004-04-18', 3, 'b', 15),
    (30004, '2004-04-18', 3, 'b', 20), (30007, '2004-09-07', 3, 'c', 30)
"""


@pytest.mark.parametrize(("page", "expression", "result"), CASES, ids=[expression for _, expression, _ in CASES])
def test_examples_of_the_documentation_give_the_documented_result(
    db: psycopg.Connection[Any], page: str, expression: str, result: Any
) -> None:
    assert page.endswith(".html")
    row = db.execute(f"SELECT {expression}").fetchone()  # type: ignore[call-overload]
    assert row == (result,)


@pytest.fixture
def winsales(db: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """The table of https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html."""
    db.execute("CREATE TABLE winsales (salesid int, dateid date, sellerid int, buyerid char(10), qty int)")
    db.execute(f"INSERT INTO winsales VALUES {WINSALES}")  # type: ignore[arg-type]
    return db


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html
        ("select sellerid, median(qty) from winsales where sellerid = 2 group by sellerid", [(2, 20.0)]),
        ("select median(dateid) from winsales where sellerid = 1", [(date(2003, 12, 24),)]),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_COUNT.html
        ("select approximate count(distinct sellerid) from winsales", [(4,)]),
        # https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html: numbers and strings compare
        ("select count(*) from winsales where sellerid = cast('3' as varchar)", [(4,)]),
        ("select count(*) from winsales where buyerid = 'b' and sellerid || '' in (2, 3)", [(4,)]),
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
    ],
)
def test_columns_without_an_alias_have_the_documented_name(
    db: psycopg.Connection[Any], expression: str, name: str
) -> None:
    cursor = db.execute(f"SELECT {expression} FROM (SELECT 1 AS n) AS q GROUP BY n")  # type: ignore[call-overload]
    assert cursor.description is not None
    assert cursor.description[0].name == name
