"""What counts as the same result."""

from __future__ import annotations

import pytest

from local_redshift.documented import Answer
from local_redshift.documented.guide.compare import are_names_same, are_same
from local_redshift.documented.guide.model import Printed


def same(cell: str, value: str | None, kind: str) -> bool:
    return are_same(Printed(("a",), ((cell,),)), Answer(((value,),), (kind,), names=("a",)), "select a")


@pytest.mark.parametrize(
    ("cell", "value", "kind"),
    [
        ("4", "4", "integer"),
        ("", None, "integer"),
        ("NULL", None, "integer"),
        ("", "", "text"),
        ("true", "t", "boolean"),
        ("False", "f", "boolean"),
        ("x", "x    ", "character(5)"),
        ("3.50", "3.5", "double precision"),
        ("0.33", "0.333333333333333", "double precision"),
        ("1.0E10", "10000000000", "double precision"),
        ("20:00:00", "20:00:00.0", "time without time zone"),
        ("2008-01-01 10:00:00.0", "2008-01-01 10:00:00", "timestamp without time zone"),
        ("2001-02-16 19:38:40-08", "2001-02-17 03:38:40+00", "timestamp with time zone"),
        ("a long te...", "a long text", "text"),
    ],
)
def test_the_layout_does_not_count(cell: str, value: str | None, kind: str) -> None:
    assert same(cell, value, kind)


@pytest.mark.parametrize(
    ("cell", "value", "kind"),
    [
        ("4", "5", "integer"),
        ("0", None, "integer"),
        ("3.50", "3.5", "numeric(4,2)"),
        ("3", "3.4", "double precision"),
        ("0.33", "0.35", "double precision"),
        ("x", "X", "text"),
        ("2008-01-01 10:00:00.1", "2008-01-01 10:00:00", "timestamp without time zone"),
        ("10:00:00+00", "10:00:00-08", "time with time zone"),
        ("2001-02-16 19:38:40", "2001-02-17 03:38:40+00", "timestamp with time zone"),
        ("...", "anything", "text"),
    ],
)
def test_a_value_does(cell: str, value: str | None, kind: str) -> None:
    assert not same(cell, value, kind)


@pytest.mark.parametrize(
    ("sql", "printed", "answered", "expected"),
    [
        ("select a, b from t", ["1x", "2y"], ["2y", "1x"], True),
        ("select a, b from t order by a", ["1x", "2y"], ["2y", "1x"], False),
        ("select a, b from t order by 1 desc, c", ["2y", "1x"], ["1x", "2y"], False),
        ("select a, b from t order by a", ["1x", "1y"], ["1y", "1x"], True),
        ("select a, b from (select a, b from t order by a)", ["1x", "2y"], ["2y", "1x"], True),
        ("select a, b from t order by t.a limit 2", ["1x", "2y"], ["2y", "1x"], False),
    ],
)
def test_the_order_counts_as_far_as_the_statement_tells_it(
    sql: str, printed: list[str], answered: list[str], expected: bool
) -> None:
    answer = Answer(tuple(map(tuple, answered)), ("integer", "text"), names=("a", "b"))
    assert are_same(Printed(("a", "b"), tuple((row[0], row[1]) for row in printed)), answer, sql) is expected


def test_rows_that_are_left_out_may_be_any() -> None:
    printed = Printed(("a",), (("1",), ("3",)), 4, is_whole=False)
    answer = Answer((("1",), ("2",), ("3",), ("4",)), ("integer",), names=("a",))
    assert are_same(printed, answer, "select a from t order by a")


def test_the_number_of_rows_counts() -> None:
    printed = Printed(("a",), (("1",),), 4, is_whole=False)
    assert not are_same(printed, Answer((("1",), ("2",)), ("integer",), names=("a",)), "select a from t")


def test_names_are_compared_without_case() -> None:
    assert are_names_same(Printed(("Sum",), ()), ("sum",))
    assert not are_names_same(Printed(("sum",), ()), ("total",))
