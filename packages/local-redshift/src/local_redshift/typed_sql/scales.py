"""Which decimals have to be cast in order to have a scale. Pure."""

from __future__ import annotations

from local_redshift.expression_types import RedshiftType
from local_redshift.expression_types.model import INTEGERS, MAX_PRECISION, NUMERIC


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


def scale_type(scale: int) -> str:
    """Return the type to cast to; a smaller precision could refuse values."""
    return f"numeric({MAX_PRECISION},{scale})"
