"""Which decimals have to be cast in order to have a scale. Pure."""

from __future__ import annotations

from local_redshift.expression_types import RedshiftType
from local_redshift.expression_types.decimals import digits
from local_redshift.expression_types.model import INTEGERS, MAX_PRECISION, NUMERIC

#: Of a cast that only gives a scale: a smaller precision could refuse values.
_PRECISION = 38


def scale_of(found: RedshiftType) -> int | None:
    """Return the scale of a decimal; None of everything else, and when it is not known."""
    parts = found.precision_and_scale
    return None if parts is None else parts[1]


def differs(found: RedshiftType, scale: int) -> bool:
    """Return whether values of a type have to be cast in order to have a scale."""
    if found.is_null:
        return False
    if found.oid in INTEGERS:
        return scale != 0
    return found.oid == NUMERIC and scale_of(found) != scale


def may_overflow(operation: str, first: RedshiftType, second: RedshiftType) -> bool:
    """Return whether a computed decimal may have more digits than a decimal can have.

    :param operation: ``*``, ``+`` or ``-``.
    :param first: a decimal or an integer type.
    :param second: as the first.
    """
    left, right = digits(first), digits(second)
    if left is None or right is None:
        return False
    if operation == "*":
        return left[0] + right[0] + 1 > MAX_PRECISION
    return max(left[0] - left[1], right[0] - right[1]) + 1 + max(left[1], right[1]) > MAX_PRECISION


def scale_type(scale: int) -> str:
    """Return the type to cast to."""
    return f"numeric({_PRECISION},{scale})"
