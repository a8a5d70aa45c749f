"""Decimals as the guide's page on computations has them: a value with precision and scale, computed with integers.

https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html. It shares no code with the server.
"""

from __future__ import annotations

from dataclasses import dataclass

#: INT2, INT4 and INT8 as decimals, by their names in a cast.
WIDTHS = {"smallint": 5, "integer": 10, "bigint": 19}


class OutOfDigits(Exception):
    """A result has more digits than its type."""


@dataclass(frozen=True)
class Number:
    """A number of a statement.

    :param sql: how the statement writes it.
    :param units: the value without its point.
    :param precision: of its type.
    :param scale: of its type.
    :param integer: the type, when it is an integer.
    """

    sql: str
    units: int
    precision: int
    scale: int
    integer: str | None = None

    @property
    def text(self) -> str:
        """The value as a client sees it."""
        digits = str(abs(self.units)).rjust(self.scale + 1, "0")
        sign = "-" if self.units < 0 else ""
        return f"{sign}{digits[: -self.scale]}.{digits[-self.scale :]}" if self.scale else f"{sign}{digits}"

    @property
    def type(self) -> str:
        """The type as ``format_type`` writes it."""
        return self.integer or f"numeric({self.precision},{self.scale})"

    def at(self, scale: int) -> int:
        """Return the value in units of a scale that is not less than its own."""
        return int(self.units * 10 ** (scale - self.scale))


def computed(operation: str, first: Number, second: Number) -> Number:
    """Return ``first operation second``; not both are integers.

    :raises OutOfDigits: when the result does not fit its type.
    """
    p1, s1, p2, s2 = first.precision, first.scale, second.precision, second.scale
    sql = f"({first.sql} {operation} {second.sql})"
    if operation in "+-":
        scale = max(s1, s2)
        precision = max(p1 - s1, p2 - s2) + 1 + scale
        sign = 1 if operation == "+" else -1
        return _fitted(sql, first.at(scale) + sign * second.at(scale), precision, scale)
    if operation == "*":
        return _fitted(sql, first.units * second.units, p1 + p2 + 1, s1 + s2)
    scale = max(4, s1 + p2 - s2 + 1)
    precision = p1 - s1 + s2 + scale
    if precision > 38:
        precision, scale = 38, max(38 + scale - precision, 4)
    above, below = first.units * 10 ** (scale + s2), second.units * 10**s1
    quotient = abs(above) // abs(below)
    return _fitted(sql, quotient if (above < 0) == (below < 0) else -quotient, precision, scale)


def common(sql: str, chosen: Number, others: list[Number]) -> Number:
    """Return a value that an expression chooses among several.

    :param sql: the expression.
    :param chosen: the value.
    :param others: all of them.
    """
    scale = max(each.scale for each in others)
    whole = max(each.precision - each.scale for each in others)
    limit = 19 if all(each.precision <= 19 for each in others) else 38
    return Number(sql, chosen.at(scale), min(whole + scale, limit), scale)


def _fitted(sql: str, units: int, precision: int, scale: int) -> Number:
    if len(str(abs(units))) > 38:
        raise OutOfDigits(sql)
    return Number(sql, units, min(precision, 38), scale)
