"""The PostgreSQL wire protocol, version 3.0: splitting a byte stream into messages, and building messages.

Contract: bytes in, bytes out; no sockets. Message kinds are the integer codes of their type byte.
https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

from local_redshift.wire.errors import RedshiftError

LENGTH = struct.Struct("!I")
_SHORT = struct.Struct("!H")
#: What follows a column's name: table, attribute, type, size, modifier, format.
_COLUMN = struct.Struct("!IhIhih")

#: No message may be longer than this; a longer one is not from a client of this protocol.
MESSAGE_LIMIT = 1 << 30
STARTUP_LIMIT = 10_000

SSL_REQUEST = 80877103
GSSENC_REQUEST = 80877104
CANCEL_REQUEST = 80877102
PROTOCOL_3 = 3

# Messages of the client.
QUERY = ord("Q")
PARSE = ord("P")
BIND = ord("B")
DESCRIBE = ord("D")
EXECUTE = ord("E")
CLOSE = ord("C")
SYNC = ord("S")
FLUSH = ord("H")
PASSWORD = ord("p")
TERMINATE = ord("X")
FUNCTION_CALL = ord("F")
COPY_DATA = ord("d")
COPY_DONE = ord("c")
COPY_FAIL = ord("f")

# Messages of the server.
PARSE_COMPLETE = ord("1")
BIND_COMPLETE = ord("2")
CLOSE_COMPLETE = ord("3")
PORTAL_SUSPENDED = ord("s")
NO_DATA = ord("n")
PARAMETER_DESCRIPTION = ord("t")
ROW_DESCRIPTION = ord("T")
DATA_ROW = ord("D")
COMMAND_COMPLETE = ord("C")
EMPTY_QUERY = ord("I")
ERROR = ord("E")
NOTICE = ord("N")
NOTIFICATION = ord("A")
PARAMETER_STATUS = ord("S")
BACKEND_KEY_DATA = ord("K")
READY_FOR_QUERY = ord("Z")
COPY_IN = ord("G")

FLUSH_MESSAGE = b"H\x00\x00\x00\x04"
SYNC_MESSAGE = b"S\x00\x00\x00\x04"
TERMINATE_MESSAGE = b"X\x00\x00\x00\x04"
COPY_DONE_MESSAGE = b"c\x00\x00\x00\x04"


class ProtocolError(Exception):
    """What the peer sent is not a message of the protocol."""


def message(kind: int, body: bytes) -> bytes:
    """Return one message."""
    return bytes((kind,)) + LENGTH.pack(len(body) + 4) + body


def encode(text: str) -> bytes:
    """Return SQL text as bytes; what was no UTF-8 when decoded comes out as it was."""
    return text.encode("utf-8", "surrogateescape")


def decode(raw: bytes) -> str:
    """Return bytes as SQL text; the opposite of ``encode``."""
    return raw.decode("utf-8", "surrogateescape")


def query(sql: str) -> bytes:
    """Return a simple Query."""
    return message(QUERY, encode(sql) + b"\0")


def parse(sql: str, name: bytes = b"", tail: bytes = b"\0\0") -> bytes:
    """Return a Parse.

    :param sql: the statement.
    :param name: the prepared statement's name.
    :param tail: the count and types of its parameters, as they stand in the message.
    """
    return message(PARSE, name + b"\0" + encode(sql) + b"\0" + tail)


def bind(name: bytes = b"", portal: bytes = b"", values: Sequence[str | None] = ()) -> bytes:
    """Return a Bind whose parameters and results are all text."""
    body = [portal, b"\0", name, b"\0", _SHORT.pack(0), _SHORT.pack(len(values))]
    for value in values:
        if value is None:
            body.append(b"\xff\xff\xff\xff")
        else:
            raw = encode(value)
            body += (LENGTH.pack(len(raw)), raw)
    body.append(_SHORT.pack(0))
    return message(BIND, b"".join(body))


def describe_portal(portal: bytes = b"") -> bytes:
    """Return a Describe of a portal."""
    return message(DESCRIBE, b"P" + portal + b"\0")


def execute(portal: bytes = b"", limit: int = 0) -> bytes:
    """Return an Execute.

    :param portal: its name.
    :param limit: how many rows to give before it pauses, 0 for all.
    """
    return message(EXECUTE, portal + b"\0" + LENGTH.pack(limit))


def close_statement(name: bytes) -> bytes:
    """Return a Close of a prepared statement."""
    return message(CLOSE, b"S" + name + b"\0")


def close_portal(portal: bytes) -> bytes:
    """Return a Close of a portal."""
    return message(CLOSE, b"P" + portal + b"\0")


def injected(name: bytes, sql: str, values: Sequence[str | None] = ()) -> tuple[bytes, tuple[int, ...]]:
    """Return messages that run a statement of the server's own, and the kinds of those that have an answer.

    Statement and portal have a name, so that the client's unnamed ones stay; what an earlier, failed try left
    under that name is closed first.
    """
    frames = close_portal(name), close_statement(name), parse(sql, name), bind(name, name, values), execute(name)
    return b"".join(frames), (CLOSE, CLOSE, PARSE, BIND, EXECUTE)


def copy_data_header(size: int) -> bytes:
    """Return what precedes ``size`` bytes of COPY data."""
    return b"d" + LENGTH.pack(size + 4)


def copy_fail(reason: str) -> bytes:
    """Return a CopyFail."""
    return message(COPY_FAIL, encode(reason) + b"\0")


def startup(parameters: Mapping[str, str], version: int = PROTOCOL_3 << 16) -> bytes:
    """Return a StartupMessage."""
    pairs = b"".join(encode(name) + b"\0" + encode(value) + b"\0" for name, value in parameters.items())
    body = LENGTH.pack(version) + pairs + b"\0"
    return LENGTH.pack(len(body) + 4) + body


def parse_startup(body: bytes) -> dict[str, str]:
    """Return the parameters of a StartupMessage.

    :param body: what follows the version.
    :raises ProtocolError: when it is not a list of names and values.
    """
    parts = body.split(b"\0")
    if len(parts) < 2 or len(parts) % 2 or parts[-1] or parts[-2]:
        raise ProtocolError("The start-up message is not a list of names and values.")
    names = [decode(part) for part in parts[:-2]]
    return dict(zip(names[::2], names[1::2], strict=True))


def command_complete(tag: str) -> bytes:
    """Return a CommandComplete."""
    return message(COMMAND_COMPLETE, encode(tag) + b"\0")


def parameter_status(name: str, value: str) -> bytes:
    """Return a ParameterStatus."""
    return message(PARAMETER_STATUS, encode(name) + b"\0" + encode(value) + b"\0")


def parse_fields(frame: bytes) -> dict[str, str]:
    """Return the fields of an ErrorResponse or NoticeResponse by their letters."""
    parts = frame[5:].split(b"\0")
    return {chr(part[0]): decode(part[1:]) for part in parts if part}


def build_fields(kind: int, fields: Mapping[str, str]) -> bytes:
    """Return an ErrorResponse or NoticeResponse; the opposite of ``parse_fields``."""
    body = b"".join(name.encode() + encode(value) + b"\0" for name, value in fields.items())
    return message(kind, body + b"\0")


def error(failure: RedshiftError, severity: str = "ERROR") -> bytes:
    """Return the ErrorResponse for a refusal of ours."""
    fields = {"S": severity, "V": severity, "C": failure.sqlstate, "M": failure.message}
    optional = {
        "D": failure.detail,
        "H": failure.hint,
        "P": None if failure.position is None else str(failure.position),
    }
    return build_fields(ERROR, fields | {name: value for name, value in optional.items() if value})


def notice(severity: str, text: str, hint: str | None = None) -> bytes:
    """Return a NoticeResponse."""
    fields = {"S": severity, "V": severity, "C": "00000", "M": text}
    return build_fields(NOTICE, fields | ({"H": hint} if hint else {}))


def parse_row(frame: bytes) -> list[str | None]:
    """Return the values of a DataRow in text format."""
    count = _SHORT.unpack_from(frame, 5)[0]
    position, values = 7, list[str | None]()
    for _ in range(count):
        size = LENGTH.unpack_from(frame, position)[0]
        position += 4
        if size == 0xFFFFFFFF:
            values.append(None)
            continue
        values.append(decode(frame[position : position + size]))
        position += size
    return values


def parse_description(frame: bytes) -> list[tuple[str, int, int]]:
    """Return name, type and type modifier of each column of a RowDescription."""
    count = _SHORT.unpack_from(frame, 5)[0]
    position, columns = 7, list[tuple[str, int, int]]()
    for _ in range(count):
        end = frame.index(b"\0", position)
        _, _, type_oid, _, modifier, _ = _COLUMN.unpack_from(frame, end + 1)
        columns.append((decode(frame[position:end]), type_oid, modifier))
        position = end + 1 + _COLUMN.size
    return columns


def c_strings(frame: bytes, count: int, start: int = 5) -> tuple[list[bytes], int]:
    """Return zero-ended strings of a message and where the last one ended.

    :param frame: the whole message.
    :param count: how many strings to read.
    :param start: where the first begins.
    :raises ProtocolError: when the message ends before them.
    """
    strings = []
    for _ in range(count):
        end = frame.find(b"\0", start)
        if end < 0:
            raise ProtocolError("A string in a message has no end.")
        strings.append(frame[start:end])
        start = end + 1
    return strings, start


def join(frames: Iterable[bytes]) -> bytes:
    """Return messages as one piece, to be written at once."""
    return b"".join(frames)
