"""Precision and scale of computed DECIMAL values.

Contract: pure.
https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local_redshift.expression_types.model import (
    INT2,
    INT4,
    INT8,
    MAX_PRECISION,
    NUMERIC,
    RedshiftType,
    numeric,
)

#: "INT2 is cast as DECIMAL(5,0), INT4 as DECIMAL(10,0), INT8 as DECIMAL(19,0)".
_OF_INTEGERS = {INT2: (5, 0), INT4: (10, 0), INT8: (19, 0)}

#: The most digits of a DECIMAL that is stored in 64 bits, and of its fraction.
_SMALL_PRECISION = 19

#: The least scale of a quotient, and the most.
_QUOTIENT_SCALE, _MAX_SCALE = 4, 100

Digits = tuple[int, int]


def digits(value: RedshiftType) -> Digits | None:
    """Return precision and scale of a number as it enters a computation with decimals; None when not known.

    :param value: a DECIMAL or an integer type.
    """
    return _OF_INTEGERS.get(value.oid) or value.precision_and_scale


def computed(operation: str, first: RedshiftType, second: RedshiftType) -> RedshiftType:
    """Return the type of ``first operation second``.

    :param operation: ``+``, ``-``, ``*``, ``/`` or ``%``.
    :param first: a DECIMAL or an integer type; not both are integers.
    :param second: as the first.
    """
    left, right = digits(first), digits(second)
    if left is None or right is None:
        return RedshiftType(NUMERIC)
    return numeric(*_FORMULAS[operation](left, right))


def may_overflow(operation: str, first: RedshiftType, second: RedshiftType) -> bool:
    """Return whether ``first operation second`` may have more digits than a DECIMAL can have.

    :param operation: ``+``, ``-`` or ``*``.
    :param first: a DECIMAL or an integer type.
    :param second: as the first.
    """
    left, right = digits(first), digits(second)
    return left is not None and right is not None and _FORMULAS[operation](left, right)[0] > MAX_PRECISION


def common(types: Sequence[RedshiftType]) -> RedshiftType:
    """Return the type of a column that takes all of these: of set operations, CASE, COALESCE, DECODE.

    The page has "Precision = min(max(p1-s1,p2-s2)+scale,19)"; of decimals that need 128 bits themselves the most is 38:
    https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html#r_UNION-usage-notes

    :param types: DECIMAL and integer types.
    """
    known = [digits(each) for each in types]
    sizes = [each for each in known if each is not None]
    if not sizes or len(sizes) < len(known):
        return RedshiftType(NUMERIC)
    scale = max(scale for _, scale in sizes)
    whole = max(precision - scale for precision, scale in sizes)
    is_small = all(precision <= _SMALL_PRECISION for precision, _ in sizes)
    return numeric(min(whole + scale, _SMALL_PRECISION if is_small else MAX_PRECISION), scale)


def _sum(left: Digits, right: Digits) -> Digits:
    scale = max(left[1], right[1])
    return max(left[0] - left[1], right[0] - right[1]) + 1 + scale, scale


def _product(left: Digits, right: Digits) -> Digits:
    return left[0] + right[0] + 1, left[1] + right[1]


def _quotient(left: Digits, right: Digits) -> Digits:
    scale = max(_QUOTIENT_SCALE, left[1] + right[0] - right[1] + 1)
    precision = left[0] - left[1] + right[1] + scale
    if scale > _MAX_SCALE:
        precision, scale = precision - (scale - _MAX_SCALE), _MAX_SCALE
    if precision > MAX_PRECISION:
        scale = max(MAX_PRECISION + scale - precision, min(_QUOTIENT_SCALE, _MAX_SCALE))
        precision = MAX_PRECISION
    return precision, scale


def _remainder(left: Digits, right: Digits) -> Digits:
    """No page has this: the digits of both fit."""
    scale = max(left[1], right[1])
    return max(left[0] - left[1], right[0] - right[1]) + scale, scale


_FORMULAS: dict[str, Callable[[Digits, Digits], Digits]] = {
    "+": _sum,
    "-": _sum,
    "*": _product,
    "/": _quotient,
    "%": _remainder,
}
