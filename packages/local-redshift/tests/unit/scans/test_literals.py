"""Which expressions are constants of a statement, and their values."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
import sqlglot
from sqlglot import exp

from local_redshift.scans.literals import constant, is_false
from local_redshift.scans.model import Kind, Value


def expression(text: str) -> exp.Expr:
    return sqlglot.parse_one(f"SELECT {text}", dialect="redshift").selects[0]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("-(1 + 2) * 3", Kind.NUMBER, -9),
        ("1.50", Kind.NUMBER, Decimal("1.5")),
        ("'7'::int", Kind.NUMBER, 7),
        ("'a  '", Kind.TEXT, "a"),
        ("'2018-11-05'", Kind.TIME, datetime(2018, 11, 5)),
        ("DATE '2018-11-05' + 1", Kind.TIME, datetime(2018, 11, 6)),
        ("TIMESTAMP '2018-11-05 10:00' + INTERVAL '90 minutes'", Kind.TIME, datetime(2018, 11, 5, 11, 30)),
        ("'2018-11-05 10:00+02'::timestamptz", Kind.TIME, datetime(2018, 11, 5, 8)),
        ("GETDATE()", Kind.TIME, None),
        ("'today'", Kind.TIME, None),
        ("a + 1", Kind.NUMBER, None),
        ("TIMESTAMP '2018-11-05' + INTERVAL '1 month'", Kind.TIME, None),
        ("(SELECT 1)", Kind.NUMBER, None),
    ],
)
def test_constants_have_values_and_nothing_else_has(text: str, kind: Kind, value: Value | None) -> None:
    assert constant(expression(text), kind) == value


@pytest.mark.parametrize(("text", "expected"), [("FALSE", True), ("1 = 0", True), ("1 = 1", False), ("a = 0", False)])
def test_a_condition_is_false_by_its_text(text: str, expected: bool) -> None:
    assert is_false(expression(text)) is expected
