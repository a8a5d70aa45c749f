"""Building and reading the messages that a server sends. Bytes in, bytes out.

https://www.postgresql.org/docs/current/protocol-message-formats.html
https://www.postgresql.org/docs/current/protocol-error-fields.html
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import LENGTH, SHORT, ServerMessage, decode, encode, frame

#: What follows a column's name: table, attribute, type, size, modifier, format.
_COLUMN = struct.Struct("!IhIhih")
_NULL = 0xFFFFFFFF


class Column(NamedTuple):
    """A column of a RowDescription.

    :param name: as bytes.
    :param table: number of the table that it is a column of, 0 when it is computed.
    :param attribute: its number there.
    :param type_oid: number of its type.
    :param size: of the type in bytes, negative when it varies.
    :param modifier: the type's length, or precision and scale.
    :param format: 0 for text, 1 for binary.
    """

    name: bytes
    table: int
    attribute: int
    type_oid: int
    size: int
    modifier: int
    format: int


def command_complete(tag: str) -> bytes:
    """Return a CommandComplete."""
    return frame(ServerMessage.COMMAND_COMPLETE, encode(tag) + b"\0")


def parameter_status(name: str, value: str) -> bytes:
    """Return a ParameterStatus."""
    return frame(ServerMessage.PARAMETER_STATUS, encode(name) + b"\0" + encode(value) + b"\0")


def error(failure: RedshiftError, severity: str = "ERROR") -> bytes:
    """Return the ErrorResponse for an error of this server's own."""
    fields = {"S": severity, "V": severity, "C": failure.sqlstate, "M": failure.message}
    optional = {
        "D": failure.detail,
        "H": failure.hint,
        "P": None if failure.position is None else str(failure.position),
    }
    return error_of_fields(fields | {name: value for name, value in optional.items() if value})


def error_of_fields(fields: Mapping[str, str]) -> bytes:
    """Return an ErrorResponse; the opposite of ``parse_fields``."""
    return _of_fields(ServerMessage.ERROR, fields)


def notice(severity: str, text: str, hint: str | None = None) -> bytes:
    """Return a NoticeResponse."""
    fields = {"S": severity, "V": severity, "C": "00000", "M": text}
    return _of_fields(ServerMessage.NOTICE, fields | ({"H": hint} if hint else {}))


def parse_fields(message: bytes) -> dict[str, str]:
    """Return the fields of an ErrorResponse or NoticeResponse by their letters."""
    parts = message[5:].split(b"\0")
    return {chr(part[0]): decode(part[1:]) for part in parts if part}


def parse_row(message: bytes) -> list[str | None]:
    """Return the values of a DataRow in text format."""
    count = SHORT.unpack_from(message, 5)[0]
    position, values = 7, list[str | None]()
    for _ in range(count):
        size = LENGTH.unpack_from(message, position)[0]
        position += 4
        if size == _NULL:
            values.append(None)
            continue
        values.append(decode(message[position : position + size]))
        position += size
    return values


def parse_columns(message: bytes) -> list[Column]:
    """Return the columns of a RowDescription."""
    count = SHORT.unpack_from(message, 5)[0]
    position, columns = 7, list[Column]()
    for _ in range(count):
        end = message.index(b"\0", position)
        columns.append(Column(message[position:end], *_COLUMN.unpack_from(message, end + 1)))
        position = end + 1 + _COLUMN.size
    return columns


def parse_description(message: bytes) -> list[tuple[str, int, int]]:
    """Return name, type and type modifier of each column of a RowDescription."""
    return [(decode(column.name), column.type_oid, column.modifier) for column in parse_columns(message)]


def row_description(columns: Sequence[Column]) -> bytes:
    """Return a RowDescription; the opposite of ``parse_columns``."""
    body = b"".join(column.name + b"\0" + _COLUMN.pack(*column[1:]) for column in columns)
    return frame(ServerMessage.ROW_DESCRIPTION, SHORT.pack(len(columns)) + body)


def _of_fields(code: Literal[ServerMessage.ERROR, ServerMessage.NOTICE], fields: Mapping[str, str]) -> bytes:
    body = b"".join(name.encode() + encode(value) + b"\0" for name, value in fields.items())
    return frame(code, body + b"\0")
