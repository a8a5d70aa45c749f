"""Values into the fields of PostgreSQL's COPY text format, checked as Redshift checks them.

Contract: pure. A value that the column cannot hold raises a RowError in Redshift's words; what passes here is taken
by PostgreSQL. Data conversion: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
Error codes: https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from sys import float_info
from typing import Any

import orjson

from local.redshift.copy.model import Column, RowError
from local.redshift.copy.times import Reader, date_reader, shown_format, time_reader, timestamp_reader
from local.redshift.statements import CopyStatement

#: Turns a value, JSON's or a text (never None), into a field; None is NULL.
Converter = Callable[[Any], str | None]

NULL = r"\N"

#: How infinity and nan end.
_NO_DIGIT = frozenset("fFyYnN")

#: Enough for any number that can be written in a line, whose digits are cut rather than refused.
_DIGITS = Context(prec=400)
_INTEGERS = {"smallint": 16, "integer": 32, "bigint": 64}
#: How messages name the types of numbers.
_KINDS = {"smallint": "Short", "integer": "Integer", "bigint": "Long", "numeric": "Decimal"}
_MOST_DIGITS = 4300
_KINDS |= {"real": "Float", "double precision": "Double"}
_FLOATS = frozenset(("real", "double precision"))
_INTEGER_TEXT = re.compile(r"\s*[+-]?\d+\s*")
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_DECIMAL_TEXT = re.compile(_NUMBER)
_FLOAT_TEXT = re.compile(rf"{_NUMBER}|[+-]?inf(?:inity)?|nan", re.IGNORECASE)
_SOMETHING = re.compile(r"[^eE]*[1-9]")
#: The least and the greatest magnitude of a REAL that is not zero.
REAL_RANGE = (7.1e-46, 3.4028235677973362e38)
_DOUBLE_RANGE = (0.0, float_info.max)
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f", "\v": r"\v"})
_NEEDS_ESCAPE = re.compile(r"[\\\n\r\t\b\f\v]")
_TRUE = frozenset(("t", "true", "y", "yes", "1"))
_FALSE = frozenset(("f", "false", "n", "no", "0"))


def converter(column: Column, copy: CopyStatement) -> Converter:
    """Return the function that converts values for a column.

    :param column: its type and length.
    :param copy: the options of the load.
    """
    kind = column.type_name
    if kind in ("character varying", "character", "text"):
        return _text_converter(column, copy)
    convert = _typed_converter(column, copy)

    def convert_or_null(value: Any) -> str | None:
        # "Blank non-character fields load as NULL"
        if isinstance(value, str) and not value.strip():
            return None
        return convert(value)

    return convert_or_null


def _typed_converter(column: Column, copy: CopyStatement) -> Converter:
    kind = column.type_name
    if kind in _INTEGERS:
        return _integer_converter(column, _INTEGERS[kind])
    if kind in _FLOATS:
        return _float_converter(column)
    if kind == "numeric":
        return _decimal_converter(column, copy)
    if kind == "boolean":
        return _boolean_converter(column)
    if kind.startswith(("date", "time")):
        return _moment_converter(column, copy)
    return lambda value: escape(_as_text(value))


def escape(text: str) -> str:
    """Return a text as a field of COPY's text format."""
    return text.translate(_ESCAPES) if _NEEDS_ESCAPE.search(text) else text


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a lone surrogate, or an integer of more than 64 bits
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _text_converter(column: Column, copy: CopyStatement) -> Converter:
    limit = column.max_bytes
    blanks, empty = copy.blanks_as_null, copy.empty_as_null
    single_byte, trim = column.type_name == "character", copy.trim_blanks

    def convert(value: Any) -> str | None:
        text = value if isinstance(value, str) else _as_text(value)
        if not text.isascii() or "\x00" in text:
            _check_characters(text, column)
        if (empty and not text) or (blanks and text and not text.strip()):
            return None
        if single_byte and not text.isascii():
            bad = next(char for char in text if not char.isascii()).encode().hex(" ")
            reason = f"Multibyte character not supported for CHAR (Hint: Try using VARCHAR). Invalid char: {bad}"
            raise RowError(1220, reason, column, text)
        if trim:
            text = text.rstrip()
        # four bytes a character at most: most texts need no counting
        if limit is not None and len(text) * 4 > limit:
            text = _within(text, limit, column, truncate=copy.truncate_columns)
        return text.translate(_ESCAPES) if _NEEDS_ESCAPE.search(text) else text

    return convert


def _check_characters(text: str, column: Column) -> None:
    """No VARCHAR holds NUL, nor half of a surrogate pair, both of which JSON can write."""
    found = re.search("[\x00\ud800-\udfff]", text)
    if found:
        code = found[0].encode("utf-8", "surrogatepass").hex()
        reason = f"String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: {code}"
        raise RowError(1220, reason, column, _printable(text))


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _within(text: str, limit: int, column: Column, *, truncate: bool) -> str:
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    if truncate or len(text.rstrip(" ").encode()) <= limit:
        return encoded[:limit].decode("utf-8", "ignore")
    raise RowError(1204, "String length exceeds DDL length", column, text)


def _integer_converter(column: Column, bits: int) -> Converter:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def convert(value: Any) -> str | None:
        if type(value) is int:
            number = value
        else:
            text = _as_text(value)
            if not _INTEGER_TEXT.fullmatch(text):
                raise _invalid_digit(column, text)
            # more digits than int() takes are more than any column does
            number = int(text) if len(text) < _MOST_DIGITS else high + 1
        if low <= number <= high:
            return str(number)
        raise RowError(1216, f"Overflow for column type {column.type_name}", column, str(value))

    return convert


def _invalid_digit(column: Column, text: str) -> RowError:
    stripped = text.lstrip()
    offset = next(
        (place for place, char in enumerate(stripped) if not (char.isdigit() or (place == 0 and char in "+-"))),
        len(stripped),
    )
    bad = stripped[offset] if offset < len(stripped) else ""
    return RowError(1207, f"Invalid digit, Value '{bad}', Pos {offset}, Type: {_KINDS[column.type_name]}", column, text)


def _float_converter(column: Column) -> Converter:
    least, most = REAL_RANGE if column.type_name == "real" else _DOUBLE_RANGE

    def convert(value: Any) -> str | None:
        if type(value) is float or type(value) is int:
            text, number = repr(value), value
        else:
            text = _as_text(value).strip()
            if not _FLOAT_TEXT.fullmatch(text):
                raise _invalid_digit(column, text)
            number = float(text)
        magnitude = abs(number)
        fits = least <= magnitude <= most if magnitude else not _SOMETHING.match(text)
        if fits or text[-1] in _NO_DIGIT:
            return text
        raise RowError(1216, f"Overflow for column type {column.type_name}", column, text)

    return convert


def _decimal_converter(column: Column, copy: CopyStatement) -> Converter:
    precision, scale = column.precision, column.scale or 0
    unit = Decimal(1).scaleb(-scale)
    limit = Decimal(10) ** ((precision or 0) - scale)
    rounding = ROUND_HALF_UP if copy.round_decimals else ROUND_DOWN

    def convert(value: Any) -> str | None:
        text = repr(value) if type(value) is float else _as_text(value)
        if not _DECIMAL_TEXT.fullmatch(text.strip()):
            raise _invalid_digit(column, text)
        number = Decimal(text.strip())
        if precision is None:
            return str(number)
        # "By default, COPY truncates values when necessary to fit the scale":
        # https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#copy-roundec
        try:
            number = number.quantize(unit, rounding=rounding, context=_DIGITS)
        except InvalidOperation:
            number = limit
        if abs(number) >= limit:
            raise RowError(1216, f"Overflow for NUMERIC({precision},{scale})", column, text)
        return str(number)

    return convert


def _boolean_converter(column: Column) -> Converter:
    def convert(value: Any) -> str | None:
        if isinstance(value, bool):
            return "t" if value else "f"
        text = _as_text(value).strip().lower()
        if text in _TRUE:
            return "t"
        if text in _FALSE:
            return "f"
        raise RowError(1210, "Unknown boolean format", column, text)

    return convert


def _moment_converter(column: Column, copy: CopyStatement) -> Converter:
    """Return a converter for dates and times.

    ACCEPTANYDATE loads NULL where there is none:
    https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#copy-acceptanydate
    """
    read, complain = _moment_reader(column, copy)
    accepts_any = copy.accept_any_date and not column.type_name.startswith("time ")

    def convert(value: Any) -> str | None:
        text = _as_text(value)
        found = read(text.strip())
        if found is None and not accepts_any:
            raise complain(text)
        return found

    return convert


def _moment_reader(column: Column, copy: CopyStatement) -> tuple[Reader, Callable[[str], RowError]]:
    """Return what reads a column's texts, and what describes one that cannot be read."""
    kind, order = column.type_name, column.date_order
    with_zone = kind.endswith(" with time zone")
    if kind == "date":
        return date_reader(copy.date_format, order), lambda text: _invalid_date(column, copy, text)
    if kind.startswith("timestamp"):
        reason = f"Invalid timestamp format or value [{shown_format(copy.time_format, with_zone=with_zone)}]"
        reader = timestamp_reader(copy.time_format, order, with_zone=with_zone)
        return reader, lambda text: RowError(1206, reason, column, text)
    reader = time_reader(order, with_zone=with_zone)
    return reader, lambda text: RowError(1206, "Invalid time format or value", column, text)


def _invalid_date(column: Column, copy: CopyStatement, text: str) -> RowError:
    is_short = copy.date_format is None and len(text.strip()) < 10
    reason = "Invalid Date Format - length must be 10 or more" if is_short else "Invalid Date Format or Value"
    return RowError(1205, reason, column, text)
