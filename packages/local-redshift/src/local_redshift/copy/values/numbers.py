"""Numbers of COPY: which values a column of numbers accepts, and the errors of the others.

Contract: pure. No number is changed silently: a number beyond the column's range is an error, and so is one so near to
zero that the column would hold zero. Only the further places of a DECIMAL are cut, as COPY does.

https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from sys import float_info
from typing import Any

import orjson

from local_redshift.copy.model import Column, RowError
from local_redshift.copy.values.text import BLANKS

#: Enough digits for any number in a line; further digits are cut, not refused.
_DIGITS = Context(prec=400)
_BITS = {"smallint": 16, "integer": 32, "bigint": 64}
#: How messages name the types of numbers.
NUMBERS = {"smallint": "Short", "integer": "Integer", "bigint": "Long", "numeric": "Decimal"}
NUMBERS |= {"real": "Float", "double precision": "Double"}
FLOATS = frozenset(("real", "double precision"))
#: int() accepts no more digits than this, and no column needs more.
_MOST_DIGITS = 4300
_INTEGER_TEXT = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)
_NUMBER_TEXT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SOMETHING = re.compile(r"[^eE]*[1-9]")
#: A fraction of nothing but zeros, which COPY leaves out.
_POINT_ZERO = re.compile(r"(-?[0-9]+)\.0+")
#: How a number may end that is read as zero but is not zero; two patterns, since each begins with fixed letters, which
#: are found fast.
_NEAR_ZERO = (re.compile(rb"e-0*[0-9]{3}"), re.compile(rb"E-0*[0-9]{3}"))
#: The least and the greatest magnitude of a REAL that is not zero.
REAL_RANGE = (7.1e-46, 3.4028235677973362e38)
_DOUBLE_RANGE = (0.0, float_info.max)
#: No column holds a number with an exponent of so many digits.
_EXPONENT = re.compile(r"[eE][+-]?0*[0-9]{5}")


class JsonNumber(str):
    """A number of JSON as it is written, where Python's own numbers would change it."""

    __slots__ = ()

    @property
    def whole(self) -> int | None:
        """The integer that it is, as 1540919166796.0 is one; None when it has a fraction or is far out of range."""
        number = Decimal(self)
        exponent = number.adjusted()
        return int(number) if exponent < _MOST_DIGITS and number == number.to_integral_value(context=_DIGITS) else None


def as_text(value: Any) -> str:
    """Return a value of JSON as the text for a VARCHAR."""
    if isinstance(value, str):
        whole = _POINT_ZERO.fullmatch(value) if type(value) is JsonNumber else None
        return whole[1] if whole else str(value)
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a lone surrogate, or an integer of more than 64 bits
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def underflows(written: str) -> bool:
    """Return whether a number that is read as zero is not zero."""
    return _SOMETHING.match(written) is not None


def float_places(columns: Sequence[Column]) -> tuple[int, ...]:
    """Return which columns are of floats."""
    return tuple(place for place, column in enumerate(columns) if column.type_name in FLOATS)


def may_underflow(block: bytes, columns: Sequence[Sequence[Any]]) -> bool:
    """Return whether a zero in columns of floats may stand for another number in the lines of JSON that it comes from.

    :param block: the lines.
    :param columns: the values as they were read.
    """
    if not any(0.0 in values for values in columns):
        return False
    return any(pattern.search(block) for pattern in _NEAR_ZERO) or b"0" * 300 in block


def number_converter(column: Column, *, round_decimals: bool) -> Callable[[Any], str | None]:
    """Return the function that converts values for a column of numbers.

    :param column: its type, precision and scale.
    :param round_decimals: whether ROUNDEC is given.
    """
    if column.type_name in _BITS:
        return _integer_converter(column, _BITS[column.type_name])
    if column.type_name == "numeric":
        return _decimal_converter(column, ROUND_HALF_UP if round_decimals else ROUND_DOWN)
    return _float_converter(column)


def _integer_converter(column: Column, bits: int) -> Callable[[Any], str | None]:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    overflow = f"Overflow ({NUMBERS[column.type_name]} valid range {low} to {high})"

    def convert(value: Any) -> str | None:
        number = value if type(value) is int else _integer(column, value, beyond=high + 1)
        if low <= number <= high:
            return str(number)
        raise RowError(1207, overflow, column, as_text(value))

    return convert


def _integer(column: Column, value: Any, *, beyond: int) -> int:
    text = as_text(value)
    if isinstance(value, JsonNumber):
        if _EXPONENT.search(text):
            return beyond
        whole = value.whole
        if whole is not None:
            return whole
    if not _INTEGER_TEXT.fullmatch(text):
        raise _invalid_digit(column, text)
    return int(text) if len(text) < _MOST_DIGITS else beyond


def _float_converter(column: Column) -> Callable[[Any], str | None]:
    least, most = REAL_RANGE if column.type_name == "real" else _DOUBLE_RANGE

    def convert(value: Any) -> str | None:
        if type(value) is float or type(value) is int:
            text, number = repr(value), value
            if number != number or number in (float("inf"), float("-inf")):  # of Parquet: texts cannot say so
                return text
        else:
            text = as_text(value).strip(BLANKS)
            if not _NUMBER_TEXT.fullmatch(text):
                raise _invalid_digit(column, text)
            number = float(text)
        magnitude = abs(number)
        if least <= magnitude <= most if magnitude else not underflows(text):
            return text
        raise RowError(1207, f"Overflow for column type {column.type_name}", column, text)

    return convert


def _decimal_converter(column: Column, rounding: str) -> Callable[[Any], str | None]:
    precision, scale = column.precision, column.scale or 0
    unit = Decimal(1).scaleb(-scale)
    limit = Decimal(10) ** ((precision or 0) - scale)

    def convert(value: Any) -> str | None:
        text = repr(value) if type(value) is float else as_text(value)
        bare = text.strip(BLANKS)
        if not _NUMBER_TEXT.fullmatch(bare):
            raise _invalid_digit(column, text)
        number = Decimal(bare)
        if precision is None:
            return str(number)
        # "By default, COPY truncates values when necessary to fit the scale":
        # https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#copy-roundec
        try:
            number = number.quantize(unit, rounding=rounding, context=_DIGITS)
        except InvalidOperation:
            number = limit
        if abs(number) >= limit:
            raise RowError(1207, f"Overflow for NUMERIC({precision},{scale})", column, text)
        return str(number)

    return convert


def _invalid_digit(column: Column, text: str) -> RowError:
    """Name the first character that the type does not have: an integer has no point."""
    stripped = text.lstrip(BLANKS)
    known = "0123456789" if column.type_name in _BITS else "0123456789.eE+-"
    offset = next(
        (place for place, char in enumerate(stripped) if not (char in known or (place == 0 and char in "+-"))),
        len(stripped),
    )
    bad = stripped[offset : offset + 1]
    return RowError(
        1207, f"Invalid digit, Value '{bad}', Pos {offset}, Type: {NUMBERS[column.type_name]}", column, text
    )
