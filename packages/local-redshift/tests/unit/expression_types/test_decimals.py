"""Precision and scale follow https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from local_redshift.expression_types import RedshiftType, Typer
from local_redshift.expression_types.decimals import common, computed
from local_redshift.expression_types.model import INT2, INT4, INT8, numeric
from local_redshift.query_tree.nodes import Node

_FUNCTIONS = {1: ("numeric_add", "+"), 2: ("numeric_sub", "-"), 3: ("numeric_mul", "*"), 4: ("numeric_div", "/")}


@pytest.mark.parametrize(
    ("first", "operation", "second", "expected"),
    [
        (numeric(8, 2), "/", numeric(8, 2), (17, 9)),  # the page's own example
        (numeric(8, 2), "*", RedshiftType(INT2), (14, 2)),
        (numeric(8, 2), "+", numeric(5, 4), (11, 4)),
        (numeric(8, 2), "-", RedshiftType(INT4), (13, 2)),
        (RedshiftType(INT8), "*", numeric(3, 1), (23, 1)),
        (numeric(38, 10), "+", numeric(38, 2), (38, 10)),
        (numeric(38, 10), "*", numeric(38, 20), (38, 30)),
        (numeric(38, 10), "/", numeric(8, 2), (38, 8)),
        (numeric(38, 37), "/", numeric(38, 0), (38, 37)),
        (numeric(1, 0), "/", numeric(1, 0), (5, 4)),
    ],
)
def test_computed_type(first, operation, second, expected):
    assert computed(operation, first, second).precision_and_scale == expected


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ((numeric(7, 2), numeric(15, 3)), (15, 3)),  # the page's own example
        ((numeric(10, 2), numeric(8, 4)), (12, 4)),  # that of r_UNION
        ((numeric(8, 2), RedshiftType(INT4)), (12, 2)),
        ((numeric(19, 0), numeric(19, 10)), (19, 10)),
        ((numeric(38, 2), numeric(8, 4)), (38, 4)),
        ((numeric(20, 0), numeric(4, 4), numeric(2, 0)), (24, 4)),
    ],
)
def test_common_type(types, expected):
    assert common(types).precision_and_scale == expected


def test_nothing_is_known_of_a_computation_with_a_number_of_unknown_scale():
    assert computed("+", numeric(8, 2), RedshiftType(numeric(1, 0).oid)).precision_and_scale is None


class Expression(NamedTuple):
    """An expression over DECIMAL columns, its value, and the type that the page's table gives it."""

    node: Node
    value: Fraction
    precision: int
    scale: int


class Functions:
    """The functions of the trees below."""

    def function_name(self, oid: int) -> str | None:
        return _FUNCTIONS[oid][0]


@st.composite
def _columns(draw: st.DrawFn) -> Expression:
    precision = draw(st.integers(1, 12))
    scale = draw(st.integers(0, precision))
    unscaled = draw(st.integers(-(10**precision) + 1, 10**precision - 1))
    fields = {"varno": "1", "varattno": "1", "vartype": "1700", "varlevelsup": "0"}
    node = Node("VAR", {**fields, "vartypmod": str(((precision << 16) | scale) + 4)})
    return Expression(node, Fraction(unscaled, 10**scale), precision, scale)


def _page(sign: str, left: Expression, right: Expression) -> tuple[int, int]:
    """The page's table, without the limits."""
    if sign in "+-":
        scale = max(left.scale, right.scale)
        return max(left.precision - left.scale, right.precision - right.scale) + 1 + scale, scale
    if sign == "*":
        return left.precision + right.precision + 1, left.scale + right.scale
    scale = max(4, left.scale + right.precision - right.scale + 1)
    return left.precision - left.scale + right.scale + scale, scale


def _rounded(value: Fraction, scale: int) -> Fraction:
    with localcontext(Context(prec=400, rounding=ROUND_HALF_UP)):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return Fraction(exact.quantize(Decimal(1).scaleb(-scale)))


@st.composite
def _expressions(draw: st.DrawFn, parts: st.SearchStrategy[Expression]) -> Expression:
    left, right, number = draw(parts), draw(parts), draw(st.sampled_from(sorted(_FUNCTIONS)))
    sign = _FUNCTIONS[number][1]
    assume(sign != "/" or right.value != 0)
    operations: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
        "+": Fraction.__add__,
        "-": Fraction.__sub__,
        "*": Fraction.__mul__,
        "/": Fraction.__truediv__,
    }
    precision, scale = _page(sign, left, right)
    assume(precision <= 38)
    value = _rounded(operations[sign](left.value, right.value), scale)
    fields = {"opfuncid": str(number), "opresulttype": "1700", "args": [left.node, right.node]}
    return Expression(Node("OPEXPR", fields), value, precision, scale)


@given(st.recursive(_columns(), _expressions, max_leaves=6))
def test_inferred_type_is_that_of_the_page_and_holds_the_value(expression: Expression):
    query = Node("QUERY", {"rtable": [Node("RANGETBLENTRY", {"rtekind": "0"})]})

    found = Typer(query, Functions()).type_of(expression.node).precision_and_scale

    assert found == (expression.precision, expression.scale)
    assert abs(expression.value) < 10 ** (expression.precision - expression.scale)


@given(st.sampled_from("+-*/"), *[st.tuples(st.integers(1, 38), st.integers(0, 38))] * 2)
def test_inferred_type_is_one_that_redshift_has(operation, first, second):
    precision, scale = computed(operation, numeric(*first), numeric(*second)).precision_and_scale
    assert 1 <= precision <= 38
    assert 0 <= scale <= precision
