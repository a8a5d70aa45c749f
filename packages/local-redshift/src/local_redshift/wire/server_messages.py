"""Building and reading the messages that a server sends. Bytes in, bytes out.

https://www.postgresql.org/docs/current/protocol-message-formats.html
https://www.postgresql.org/docs/current/protocol-error-fields.html
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Literal

from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import LENGTH, SHORT, ServerMessage, decode, encode, frame

#: What follows a column's name: table, attribute, type, size, modifier, format.
_COLUMN = struct.Struct("!IhIhih")
_NULL = 0xFFFFFFFF


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


def parse_description(message: bytes) -> list[tuple[str, int, int]]:
    """Return name, type and type modifier of each column of a RowDescription."""
    count = SHORT.unpack_from(message, 5)[0]
    position, columns = 7, list[tuple[str, int, int]]()
    for _ in range(count):
        end = message.index(b"\0", position)
        _, _, type_oid, _, modifier, _ = _COLUMN.unpack_from(message, end + 1)
        columns.append((decode(message[position:end]), type_oid, modifier))
        position = end + 1 + _COLUMN.size
    return columns


def _of_fields(code: Literal[ServerMessage.ERROR, ServerMessage.NOTICE], fields: Mapping[str, str]) -> bytes:
    body = b"".join(name.encode() + encode(value) + b"\0" for name, value in fields.items())
    return frame(code, body + b"\0")
