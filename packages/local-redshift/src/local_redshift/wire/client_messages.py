"""Building and reading the messages that a client sends. Bytes in, bytes out.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from local_redshift.wire.protocol import LENGTH, PROTOCOL_3, SHORT, ClientMessage, ProtocolError, decode, encode, frame

FLUSH: Final = frame(ClientMessage.FLUSH, b"")
SYNC: Final = frame(ClientMessage.SYNC, b"")
TERMINATE: Final = frame(ClientMessage.TERMINATE, b"")
COPY_DONE: Final = frame(ClientMessage.COPY_DONE, b"")

_NULL = b"\xff\xff\xff\xff"


def query(sql: str) -> bytes:
    """Return a simple Query."""
    return frame(ClientMessage.QUERY, encode(sql) + b"\0")


def parse(sql: str, name: bytes = b"", tail: bytes = b"\0\0") -> bytes:
    """Return a Parse.

    :param sql: the statement.
    :param name: the prepared statement's name.
    :param tail: the count and types of its parameters, as they stand in the message.
    """
    return frame(ClientMessage.PARSE, name + b"\0" + encode(sql) + b"\0" + tail)


def bind(name: bytes = b"", portal: bytes = b"", values: Sequence[str | None] = ()) -> bytes:
    """Return a Bind whose parameters and results are all text."""
    body = [portal, b"\0", name, b"\0", SHORT.pack(0), SHORT.pack(len(values))]
    for value in values:
        if value is None:
            body.append(_NULL)
        else:
            raw = encode(value)
            body += (LENGTH.pack(len(raw)), raw)
    body.append(SHORT.pack(0))
    return frame(ClientMessage.BIND, b"".join(body))


def describe_portal(portal: bytes = b"") -> bytes:
    """Return a Describe of a portal."""
    return frame(ClientMessage.DESCRIBE, b"P" + portal + b"\0")


def execute(portal: bytes = b"", limit: int = 0) -> bytes:
    """Return an Execute.

    :param portal: its name.
    :param limit: how many rows to return before it pauses, 0 for all.
    """
    return frame(ClientMessage.EXECUTE, portal + b"\0" + LENGTH.pack(limit))


def close_statement(name: bytes) -> bytes:
    """Return a Close of a prepared statement."""
    return frame(ClientMessage.CLOSE, b"S" + name + b"\0")


def close_portal(portal: bytes) -> bytes:
    """Return a Close of a portal."""
    return frame(ClientMessage.CLOSE, b"P" + portal + b"\0")


def copy_data_header(size: int) -> bytes:
    """Return what precedes ``size`` bytes of COPY data."""
    return b"d" + LENGTH.pack(size + 4)


def copy_fail(reason: str) -> bytes:
    """Return a CopyFail."""
    return frame(ClientMessage.COPY_FAIL, encode(reason) + b"\0")


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
