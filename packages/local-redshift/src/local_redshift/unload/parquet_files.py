"""Rows as Parquet files, in the types of https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from local_redshift.statements.model import UnloadStatement
from local_redshift.unload.model import ResultColumn, Row

_BOOLEAN, _NUMERIC = 16, 1700
_TYPES = {
    _BOOLEAN: pa.bool_(),
    21: pa.int16(),
    23: pa.int32(),
    20: pa.int64(),
    700: pa.float32(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", tz="UTC"),
}
#: The type of a NUMERIC without a modifier, which arithmetic returns.
_WIDEST = pa.decimal128(38, 10)


class ParquetFile:
    """One Parquet file.

    :param path: where it is written.
    :param statement: not needed: SNAPPY is the one compression.
    :param columns: of the rows.
    """

    def __init__(self, path: Path, statement: UnloadStatement, columns: Sequence[ResultColumn]) -> None:
        self._types = [arrow_type(column) for column in columns]
        self._schema = pa.schema([(column.name, t) for column, t in zip(columns, self._types, strict=True)])
        self._path = path
        self._writer = pq.ParquetWriter(path, self._schema, compression="snappy")

    @property
    def written(self) -> int:
        """Bytes written so far."""
        return self._path.stat().st_size

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows as a row group."""
        if not rows:
            return
        columns = zip(*rows, strict=True)
        arrays = [_array(list(values), kind) for values, kind in zip(columns, self._types, strict=True)]
        self._writer.write_table(pa.table(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the end of the file."""
        self._writer.close()


def arrow_type(column: ResultColumn) -> pa.DataType:
    """Return the type of a column in a file."""
    if column.type_oid == _NUMERIC:
        modifier = column.modifier - 4
        return pa.decimal128(modifier >> 16, modifier & 0x7FF) if modifier >= 0 else _WIDEST
    return _TYPES.get(column.type_oid, pa.string())


def _array(values: list[str | None], kind: pa.DataType) -> pa.Array:
    read: Callable[[str], object] | None = None
    if pa.types.is_boolean(kind):
        read = lambda value: value == "t"  # noqa: E731
    elif pa.types.is_timestamp(kind) and kind.tz is not None:
        values = [value and value.removesuffix("+00") + "Z" for value in values]
    if read is not None:
        return pa.array([None if value is None else read(value) for value in values], kind)
    texts = pa.array(values, pa.string())
    return texts if pa.types.is_string(kind) else texts.cast(kind)
