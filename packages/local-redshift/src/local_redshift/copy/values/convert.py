"""Converts values to fields of PostgreSQL's COPY text format, checked as Redshift checks them.

Contract: pure. A value that the column cannot hold raises a RowError with Redshift's message; PostgreSQL accepts every
other value. Data conversion: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
Error codes: https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from local_redshift.copy.model import Column, RowError
from local_redshift.copy.times.readers import Reader, date_reader, shown_format, time_reader, timestamp_reader
from local_redshift.copy.values.numbers import NUMBERS, as_text, number_converter
from local_redshift.copy.values.text import BLANKS
from local_redshift.statements import CopyStatement

#: Converts a value of JSON or a text (never None) to a field; None is NULL.
Converter = Callable[[Any], str | None]

NULL = r"\N"

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
        if isinstance(value, str) and not value.strip(BLANKS):
            return None
        return convert(value)

    return convert_or_null


def _typed_converter(column: Column, copy: CopyStatement) -> Converter:
    kind = column.type_name
    if kind in NUMBERS:
        return number_converter(column, round_decimals=copy.round_decimals)
    if kind == "boolean":
        return _boolean_converter(column)
    if kind.startswith(("date", "time")):
        return _moment_converter(column, copy)
    return lambda value: escape(as_text(value))


def escape(text: str) -> str:
    """Return a text as a field of COPY's text format."""
    return text.translate(_ESCAPES) if _NEEDS_ESCAPE.search(text) else text


def _text_converter(column: Column, copy: CopyStatement) -> Converter:
    limit = column.max_bytes
    blanks, empty = copy.blanks_as_null, copy.empty_as_null
    single_byte, trim = column.type_name == "character", copy.trim_blanks

    def convert(value: Any) -> str | None:
        text = value if type(value) is str else as_text(value)
        if not text.isascii() or "\x00" in text:
            _check_characters(text, column)
        if (empty and not text) or (blanks and text and not text.strip(BLANKS)):
            return None
        if single_byte and not text.isascii():
            bad = next(char for char in text if not char.isascii()).encode().hex(" ")
            reason = f"Multibyte character not supported for CHAR (Hint: Try using VARCHAR). Invalid char: {bad}"
            raise RowError(1220, reason, column, text)
        if trim:
            text = text.rstrip(BLANKS)
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


def _boolean_converter(column: Column) -> Converter:
    def convert(value: Any) -> str | None:
        if isinstance(value, bool):
            return "t" if value else "f"
        text = as_text(value).strip(BLANKS).lower()
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
        text = as_text(value)
        found = read(text.strip(BLANKS))
        if found is None and not accepts_any:
            raise complain(text)
        return found

    return convert


def _moment_reader(column: Column, copy: CopyStatement) -> tuple[Reader, Callable[[str], RowError]]:
    """Return the function that reads a column's texts, and one that describes a text that cannot be read."""
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
    is_short = copy.date_format is None and len(text.strip(BLANKS)) < 10
    reason = "Invalid Date Format - length must be 10 or more" if is_short else "Invalid Date Format or Value"
    return RowError(1205, reason, column, text)
