"""Within which literals a condition bounds columns.

https://docs.aws.amazon.com/redshift/latest/dg/c_designing-queries-best-practices.html
"""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from local_redshift.scans.model import Kind, Spans
from local_redshift.scans.restrictions import Column, narrow, restrict

A, B = ("t", "a"), ("t", "b")


def resolve(column: exp.Column) -> tuple[Column, Kind] | None:
    """Find the columns of a table ``t``: a and b are numbers, c is a text."""
    kinds = {"a": Kind.NUMBER, "b": Kind.NUMBER, "c": Kind.TEXT}
    return (("t", column.name), kinds[column.name]) if column.name in kinds else None


def restrictions(condition: str) -> dict[Column, Spans] | None:
    found = restrict(sqlglot.parse_one(condition, dialect="redshift"), resolve)
    return None if found is None else dict(found)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a = 5", {A: ((5, 5),)}),
        ("5 = a", {A: ((5, 5),)}),
        ("a > 5", {A: ((5, None),)}),
        ("5 > a", {A: ((None, 5),)}),
        ("a <= 5", {A: ((None, 5),)}),
        ("a BETWEEN 1 AND 9", {A: ((1, 9),)}),
        ("a BETWEEN 9 AND 1", {A: ()}),
        ("a BETWEEN 1 AND b", {A: ((1, None),)}),
        ("a IN (1, 7)", {A: ((1, 1), (7, 7))}),
        ("(a) = (5)", {A: ((5, 5),)}),
        ("c = 'x'", {("t", "c"): (("x", "x"),)}),
        # AND narrows
        ("a >= 1 AND a <= 9", {A: ((1, 9),)}),
        ("a = 1 AND b = 2", {A: ((1, 1),), B: ((2, 2),)}),
        ("a = 1 AND (b = 2 OR b = 3)", {A: ((1, 1),), B: ((2, 2), (3, 3))}),
        # each operand of OR has to bound the same column
        ("a = 1 OR a = 7", {A: ((1, 1), (7, 7))}),
        ("a = 1 OR b = 2", {}),
        ("a = 1 OR (a = 2 AND b = 2)", {A: ((1, 1), (2, 2))}),
        ("a = 1 OR FALSE", {A: ((1, 1),)}),
        # nothing is known of these
        ("a <> 5", {}),
        ("NOT a = 5", {}),
        ("a IS NULL", {}),
        ("c LIKE 'x%'", {}),
        ("ABS(a) = 5", {}),
        ("a + 1 = 5", {}),
        ("a = b", {}),
        ("a IN (1, b)", {}),
        ("a IN (SELECT 1)", {}),
        ("a = (SELECT 1)", {}),
        ("other = 5", {}),
        # no row meets them
        ("FALSE", None),
        ("1 = 0", None),
        ("a = 1 AND FALSE", None),
        ("FALSE OR 1 = 0", None),
    ],
)
def test_what_a_condition_restricts(condition: str, expected: dict[Column, Spans] | None) -> None:
    assert restrictions(condition) == expected


def test_two_restrictions_narrow_the_column_that_both_have() -> None:
    assert narrow({A: ((1, 5),)}, {A: ((3, None),), B: ((2, 2),)}) == {A: ((3, 5),), B: ((2, 2),)}
