"""A type of Redshift's with its length, or its precision and scale. Values only."""

from __future__ import annotations

from dataclasses import dataclass

BOOL, NAME, INT8, INT2, INT4, TEXT = 16, 19, 20, 21, 23, 25
FLOAT4, FLOAT8, UNKNOWN, BPCHAR, VARCHAR = 700, 701, 705, 1042, 1043
DATE, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ, NUMERIC = 1082, 1083, 1114, 1184, 1266, 1700

#: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
MAX_VARCHAR, MAX_CHAR = 65_535, 4_096

#: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
MAX_PRECISION = 38

STRINGS = frozenset((TEXT, VARCHAR, BPCHAR, UNKNOWN, NAME))
INTEGERS = frozenset((INT2, INT4, INT8))
FLOATS = frozenset((FLOAT4, FLOAT8))

#: What PostgreSQL adds to a length in ``pg_attribute.atttypmod``.
_HEADER = 4


@dataclass(frozen=True, slots=True)
class RedshiftType:
    """The type of an expression.

    :param oid: PostgreSQL's number of it.
    :param modifier: its length, or its precision and scale, as ``pg_attribute.atttypmod`` has it; -1 when it has none
        or none is known.
    :param is_null: whether the expression is NULL without a type of its own, which fits every type.
    """

    oid: int
    modifier: int = -1
    is_null: bool = False

    @property
    def is_string(self) -> bool:
        """Whether it is a CHAR or VARCHAR."""
        return self.oid in STRINGS

    @property
    def length(self) -> int:
        """The most bytes of a CHAR or VARCHAR."""
        return self.modifier - _HEADER if self.modifier >= _HEADER else MAX_VARCHAR

    @property
    def precision_and_scale(self) -> tuple[int, int] | None:
        """Of a DECIMAL; None when they are not known."""
        if self.oid != NUMERIC or self.modifier < _HEADER:
            return None
        return (self.modifier - _HEADER) >> 16, (self.modifier - _HEADER) & 0x7FF

    @property
    def sql(self) -> str | None:
        """The type as a cast writes it, when it is a CHAR, VARCHAR or DECIMAL, or a number of fixed size."""
        if self.oid in (BPCHAR, VARCHAR) and self.modifier >= _HEADER:
            return f"{'varchar' if self.oid == VARCHAR else 'char'}({self.length})"
        if (parts := self.precision_and_scale) is not None:
            return f"numeric({parts[0]},{parts[1]})"
        return _NAMES.get(self.oid)


#: Types that a cast can name and that have no modifier.
_NAMES = {
    BOOL: "boolean",
    INT2: "smallint",
    INT4: "integer",
    INT8: "bigint",
    FLOAT4: "real",
    FLOAT8: "double precision",
}


def varchar(length: int) -> RedshiftType:
    """Return VARCHAR(n) of a length in bytes; it is kept between 1 and 65,535."""
    return RedshiftType(VARCHAR, min(max(length, 1), MAX_VARCHAR) + _HEADER)


def char(length: int) -> RedshiftType:
    """Return CHAR(n) of a length in bytes; it is kept between 1 and 4,096."""
    return RedshiftType(BPCHAR, min(max(length, 1), MAX_CHAR) + _HEADER)


def numeric(precision: int, scale: int) -> RedshiftType:
    """Return DECIMAL(precision, scale).

    :param precision: in digits; it is kept between 1 and 38.
    :param scale: digits of the fraction; it is kept between 0 and the precision.
    """
    precision = min(max(precision, 1), MAX_PRECISION)
    return RedshiftType(NUMERIC, (precision << 16 | min(max(scale, 0), precision)) + _HEADER)
