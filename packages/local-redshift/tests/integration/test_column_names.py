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
