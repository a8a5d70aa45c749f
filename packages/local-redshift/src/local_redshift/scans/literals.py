"""The values of constants as they stand in a statement. Pure.

A constant is a literal, with or without a sign, a cast and arithmetic. A function call is not a constant: the values of
GETDATE() and of subqueries are not known when blocks are chosen.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from sqlglot import exp

from local_redshift.scans.model import Kind, Value

_OPERATORS: Mapping[type[exp.Expr], Callable[[Any, Any], Any]] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
}
_UNITS = {
    "week": timedelta(weeks=1),
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
    "millisecond": timedelta(milliseconds=1),
}
_INTERVAL = re.compile(r"\s*(-?\d+)\s*([a-z]*?)s?\s*(?:,|$|(?=\s))", re.IGNORECASE)
_TIMES = (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ)
_REFUSED = (ValueError, TypeError, OverflowError, DecimalException)


def constant(node: exp.Expr | None, kind: Kind) -> Value | None:
    """Return the value that an expression has for a column, None when it is not a constant of the statement.

    :param node: the expression.
    :param kind: what the column holds.
    """
    with suppress(*_REFUSED):
        return _as(_value(node), kind)
    return None


def is_false(node: exp.Expr) -> bool:
    """Return whether a condition is FALSE by its text: the word, or a comparison of numbers that differ."""
    if isinstance(node, exp.Boolean):
        return not node.this
    if isinstance(node, exp.EQ):
        values = [constant(side, Kind.NUMBER) for side in (node.this, node.expression)]
        return None not in values and values[0] != values[1]
    return False


def _value(node: exp.Expr | None) -> Any:
    if isinstance(node, exp.Paren):
        return _value(node.this)
    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else Decimal(node.this)
    if isinstance(node, exp.Neg):
        return -_value(node.this)
    if isinstance(node, exp.Cast):
        return _cast(_value(node.this), node.to.this, node.to)
    if isinstance(node, exp.Interval):
        return _interval(node)
    if node is not None and type(node) in _OPERATORS:
        return _calculate(_OPERATORS[type(node)], _value(node.this), _value(node.expression))
    raise ValueError("It is not a constant.")


def _cast(value: Any, target: Any, data_type: exp.DataType) -> Any:
    if target in _TIMES:
        moment = _moment(value)
        return moment.date() if target is exp.DType.DATE else moment
    if target in exp.DataType.TEXT_TYPES and not data_type.expressions and isinstance(value, str):
        return value
    if target in exp.DataType.NUMERIC_TYPES:
        number = Decimal(value)
        return round(number) if target in exp.DataType.INTEGER_TYPES else number
    raise ValueError("Such a cast is not followed.")


def _calculate(operation: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    """Return the result of arithmetic: a DATE and a number are days, a DATE and an interval a TIMESTAMP."""
    if isinstance(one, str) or isinstance(other, str):
        raise TypeError("Whether a text is a number or a time is not known.")
    if type(one) is date:
        if isinstance(other, timedelta):
            one = datetime(one.year, one.month, one.day)
        elif isinstance(other, Decimal):
            other = timedelta(days=int(other))
    return operation(one, other)


def _interval(node: exp.Interval) -> timedelta:
    """Return an interval that is made of weeks and less: months and years have no length of their own."""
    text = f"{node.this.name} {node.args['unit'].name if node.args.get('unit') else ''}".strip()
    found, end = timedelta(), 0
    for match in _INTERVAL.finditer(text):
        if match.start() != end or match[2].lower() not in _UNITS:
            raise ValueError(text)
        found += int(match[1]) * _UNITS[match[2].lower()]
        end = match.end()
    if not end or text[end:].strip():
        raise ValueError(text)
    return found


def _as(value: Any, kind: Kind) -> Value | None:
    if kind is Kind.TIME:
        return _moment(value)
    if kind is Kind.NUMBER and not isinstance(value, date | timedelta):
        number = Decimal(value)
        return int(number) if number == int(number) else number
    if kind is Kind.TEXT and isinstance(value, str):
        return value.rstrip(" ")
    return None


def _moment(value: Any) -> datetime:
    """Return a time in UTC and without its zone; 'today' and the like are not constants."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip())
    elif type(value) is date:
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise TypeError("It is not a time.")
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
