"""Rows of Parquet files: columns are matched by position, and their types have to match.

https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from local_redshift.copy.model import Column, LoadedFile, Record
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError

_BATCH = 4096

#: What a column of a type can be loaded from.
_FITTING = {
    "character varying": (types.is_string, types.is_large_string, types.is_binary),
    "character": (types.is_string, types.is_large_string, types.is_binary),
    "smallint": (types.is_int8, types.is_int16),
    "integer": (types.is_int8, types.is_int16, types.is_int32),
    "bigint": (types.is_integer,),
    "real": (types.is_float32,),
    "double precision": (types.is_float32, types.is_float64),
    "numeric": (types.is_decimal, types.is_integer),
    "boolean": (types.is_boolean,),
    "date": (types.is_date,),
    "timestamp without time zone": (types.is_timestamp,),
    "timestamp with time zone": (types.is_timestamp,),
}


class ParquetRows:
    """The rows of Parquet files.

    :param copy: the statement.
    :param columns: the columns, in the order of the files' own.
    """

    def __init__(self, copy: CopyStatement, columns: Sequence[Column]) -> None:
        self._copy = copy
        self._columns = columns

    def read(self, file: LoadedFile, chunks: Iterator[bytes]) -> Iterator[Record]:
        """Yield the rows of a file, counting them as its lines.

        :param file: what is counted in.
        :param chunks: its bytes, which are kept on disk meanwhile: a Parquet file is read from its end.
        :raises RedshiftError: when it is not a Parquet file, or its columns do not match the table's.
        """
        with tempfile.TemporaryFile() as spool:
            for chunk in chunks:
                spool.write(chunk)
            try:
                content = pq.ParquetFile(spool)
                self._check(file.uri, content.schema_arrow)
                yield from self._rows(file, content)
            except (pa.ArrowException, OSError) as error:
                raise _scan_error(f"File '{file.uri}' has an invalid version number or is damaged: {error}") from None

    def _rows(self, file: LoadedFile, content: pq.ParquetFile) -> Iterator[Record]:
        missing = [None] * (len(self._columns) - len(content.schema_arrow))
        for batch in content.iter_batches(_BATCH):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                file.lines += 1
                yield b"", [_plain(value) for value in row] + missing

    def _check(self, uri: str, schema: pa.Schema) -> None:
        expected, found = len(self._columns), len(schema)
        if found > expected or (found < expected and not self._copy.fill_record):
            raise _scan_error(
                f"Unmatched number of columns between table and file. Table columns: {expected}, "
                f"Data columns: {found}, File name: {uri}"
            )
        for column, field in zip(self._columns, schema, strict=False):
            fits = _FITTING.get(column.type_name, ())
            if not any(test(field.type) for test in fits):
                raise _scan_error(
                    f"File '{uri}' has an incompatible Parquet schema for column '{uri}.{field.name}'. "
                    f"Column type: {column.type_name.upper()}, Parquet schema: {field.type}"
                )


def _plain(value: Any) -> Any:
    """Return a value of a type that the converters accept: JSON's types, and text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, datetime) and value.tzinfo is not None:  # an instant, shown in the file's zone
        return str(value.astimezone(UTC))
    return str(value)


def _scan_error(context: str) -> RedshiftError:
    line = "-" * 47
    return RedshiftError(
        "XX000",
        "Spectrum Scan Error",
        detail=f"\n  {line}\n  error:  Spectrum Scan Error\n  code:      15007\n  context:   {context}\n  {line}\n",
        hint="Write the file again with the table's columns, in their order and types.",
    )
