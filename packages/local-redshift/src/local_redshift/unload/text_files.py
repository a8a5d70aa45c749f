"""Rows as lines of text: delimited, CSV, of fixed width, and JSON.

https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
"""

from __future__ import annotations

import bz2
import gzip
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, cast

import orjson
import zstandard

from local_redshift.statements.model import UnloadStatement
from local_redshift.unload.model import ResultColumn, Row
from local_redshift.wire.errors import RedshiftError

_BOOLEAN = 16
#: SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION, NUMERIC
_NUMBERS = frozenset((21, 23, 20, 700, 701, 1700))
#: TEXT, CHAR, VARCHAR
_CHARACTERS = frozenset((25, 1042, 1043))

Line = Callable[[Row], str]


class TextFile:
    """One file of lines.

    :param path: where it is written.
    :param statement: format, compression and options.
    :param columns: of the rows.
    """

    def __init__(self, path: Path, statement: UnloadStatement, columns: Sequence[ResultColumn]) -> None:
        self._file = _open(path, statement.compression)
        self._line = line_writer(statement, columns)
        self.written = 0
        if statement.header:
            self._write(header_line(statement, columns))

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        self._write("".join(map(self._line, rows)))

    def close(self) -> None:
        """Write the rest, and close the file."""
        self._file.close()

    def _write(self, text: str) -> None:
        raw = text.encode("utf-8", "surrogateescape")
        self.written += len(raw)
        self._file.write(raw)


def _open(path: Path, compression: str | None) -> IO[bytes]:
    if compression == "gzip":
        return cast(IO[bytes], gzip.open(path, "wb"))
    if compression == "bzip2":
        return cast(IO[bytes], bz2.open(path, "wb"))
    if compression == "zstd":
        return cast(IO[bytes], zstandard.open(path, "wb"))
    return path.open("wb")


def line_writer(statement: UnloadStatement, columns: Sequence[ResultColumn]) -> Line:
    """Return the function that makes a line of a row.

    :param statement: the format and its options.
    :param columns: of the rows.
    """
    if statement.format == "json":
        return _json_line(columns)
    if statement.format == "csv":
        return _csv_line(statement.delimiter or ",", statement.null_as or "")
    if statement.format == "fixedwidth":
        return _fixed_line(statement, columns)
    return _delimited_line(statement)


def header_line(statement: UnloadStatement, columns: Sequence[ResultColumn]) -> str:
    """Return the line of HEADER: the columns' names, to which "text transformation options … also apply"."""
    return line_writer(statement, columns)([column.name for column in columns])


def _json_line(columns: Sequence[ResultColumn]) -> Line:
    names = [orjson.dumps(column.name).decode() for column in columns]
    writers = [_json_value(column.type_oid) for column in columns]

    def line(row: Row) -> str:
        pairs = zip(names, writers, row, strict=True)
        return "{" + ",".join(f"{name}:{'null' if v is None else write(v)}" for name, write, v in pairs) + "}\n"

    return line


def _json_value(type_oid: int) -> Callable[[str], str]:
    if type_oid == _BOOLEAN:
        return lambda value: f'"{value}"'  # "boolean values are unloaded as t or f"
    if type_oid in _NUMBERS:
        return lambda value: value if value[-1].isdigit() else f'"{value}"'  # NaN and Infinity are not JSON
    return lambda value: orjson.dumps(value.encode("utf-8", "replace").decode()).decode()


def _csv_line(delimiter: str, null_as: str) -> Line:
    special = re.compile(f'["\r\n{re.escape(delimiter)}]')

    def field(value: str | None) -> str:
        if value is None:
            return null_as
        return '"' + value.replace('"', '""') + '"' if special.search(value) else value

    return lambda row: delimiter.join(map(field, row)) + "\n"


def _delimited_line(statement: UnloadStatement) -> Line:
    delimiter = statement.delimiter or "|"
    null_as = statement.null_as or ""
    quotes = "\"'" if statement.add_quotes else ""
    special = re.compile(f"[\\\\\n\r{re.escape(delimiter)}{quotes}]") if statement.escape else None

    def field(value: str | None) -> str:
        if value is None:
            return null_as
        if special is not None:
            value = special.sub(r"\\\g<0>", value)
        return f'"{value}"' if statement.add_quotes else value

    return lambda row: delimiter.join(map(field, row)) + "\n"


def _fixed_line(statement: UnloadStatement, columns: Sequence[ResultColumn]) -> Line:
    """Give columns their widths by their order; "UNLOAD will fail rather than truncate data".

    https://docs.aws.amazon.com/redshift/latest/dg/t_unloading_fixed_width_data.html
    """
    sizes = [size for _, size in statement.widths]
    if len(sizes) != len(columns):
        text = f"FIXEDWIDTH has {len(sizes)} widths, and the query has {len(columns)} columns."
        raise RedshiftError("42601", text, hint="Give one width for each column, in their order.")
    nulls = [_fixed_null(statement.null_as or "", column, size) for column, size in zip(columns, sizes, strict=True)]

    def line(row: Row) -> str:
        fields = []
        for value, size, null, column in zip(row, sizes, nulls, columns, strict=True):
            text = null if value is None else value
            if text is None or len(text) > size:
                raise _too_wide(column, size, text or statement.null_as or "")
            fields.append(text.ljust(size))
        return "".join(fields) + "\n"

    return line


def _fixed_null(null_as: str, column: ResultColumn, size: int) -> str | None:
    """Return how NULL is written; None when it does not fit, which is an error in columns of characters only."""
    if len(null_as) <= size:
        return null_as
    return None if column.type_oid in _CHARACTERS else ""


def _too_wide(column: ResultColumn, size: int, text: str) -> RedshiftError:
    return RedshiftError(
        "22001",
        f"The value '{text[:60]}' of column {column.name} is longer than its width of {size} in FIXEDWIDTH.",
        hint="Give the column a width that is as long as its longest value.",
    )
