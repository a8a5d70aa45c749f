"""Makes a row of PostgreSQL's COPY text format from a record's values, or an error. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local_redshift.copy.model import Column, LoadError, RowError
from local_redshift.copy.values.convert import NULL, Converter, converter
from local_redshift.statements import CopyStatement

_RAW_LINE, _RAW_VALUE = 1024, 1024

#: Types by the names that STL_LOAD_ERRORS has for them.
_SHORT_TYPES = {
    "character varying": "varchar",
    "character": "char",
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "real": "float4",
    "double precision": "float8",
    "boolean": "bool",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}


class RowBuilder:
    """Makes rows, one by one.

    :param copy: the options of the load.
    :param columns: the columns, in the order of the values.
    """

    def __init__(self, copy: CopyStatement, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._converters: list[Converter] = [converter(column, copy) for column in columns]

    def build(self, values: Sequence[Any] | RowError) -> str:
        """Return a row.

        :param values: the columns' values, or why there are none.
        :raises RowError: when one does not fit its column.
        """
        if isinstance(values, RowError):
            raise values
        fields = []
        for value, convert, column in zip(values, self._converters, self._columns, strict=True):
            field = None if value is None else convert(value)
            if field is None:
                if not column.nullable:
                    raise RowError(1213, "Missing data for not-null field", column)
                field = NULL
            fields.append(field)
        return "\t".join(fields) + "\n"


def describe_error(error: RowError, uri: str, line_number: int, record: bytes) -> LoadError:
    """Return an error as STL_LOAD_ERRORS shows it.

    :param error: what is wrong.
    :param uri: the object.
    :param line_number: the line by which the error is named.
    :param record: its bytes.
    """
    column = error.column
    raw = record.decode(errors="replace")
    found = raw.find(error.value) if error.value else -1
    return LoadError(
        file=uri,
        line_number=line_number,
        column_name=column.name if column else "",
        column_type=_SHORT_TYPES.get(column.type_name, column.type_name) if column else "",
        column_length=str(column.max_bytes or "") if column else "",
        position=max(found, 0),
        raw_line=raw[:_RAW_LINE],
        raw_field_value=error.value[:_RAW_VALUE],
        error_code=error.code,
        error_reason=error.reason,
    )
