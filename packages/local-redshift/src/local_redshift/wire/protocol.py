"""The PostgreSQL wire protocol, version 3.0: the codes of its messages and how a message is framed.

A message is a code of one byte, a length of four, and a body. Client and server use the same codes for different
messages (``E`` is Execute from a client and ErrorResponse from a server), so each side has its own enumeration.
https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final

#: The length of a message: four bytes, which count themselves and the body.
LENGTH: Final = struct.Struct("!I")
SHORT: Final = struct.Struct("!H")

#: Bytes; a longer message is not from a client of this protocol.
MESSAGE_LIMIT: Final = 1 << 30
STARTUP_LIMIT: Final = 10_000

#: Bytes of one statement: https://docs.aws.amazon.com/redshift/latest/dg/c_redshift-sql.html
STATEMENT_LIMIT: Final = 16 * 1024 * 1024

# What a client's first message has in place of the version.
SSL_REQUEST: Final = 80877103
GSSENC_REQUEST: Final = 80877104
CANCEL_REQUEST: Final = 80877102
PROTOCOL_3: Final = 3

#: The kind of an Authentication message that asks for the password as MD5.
MD5_PASSWORD: Final = 5


class ClientMessage(IntEnum):
    """The codes of the messages that a client sends."""

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


class ServerMessage(IntEnum):
    """The codes of the messages that a server sends."""

    AUTHENTICATION = ord("R")
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


class ProtocolError(Exception):
    """What the peer sent is not a message of the protocol."""


def frame(code: ClientMessage | ServerMessage, body: bytes) -> bytes:
    """Return one whole message."""
    return bytes((code,)) + LENGTH.pack(len(body) + 4) + body


def encode(text: str) -> bytes:
    """Return SQL text as bytes; bytes that were not UTF-8 when decoded come out as they were."""
    return text.encode("utf-8", "surrogateescape")


def decode(raw: bytes) -> str:
    """Return bytes as SQL text; the opposite of ``encode``."""
    return raw.decode("utf-8", "surrogateescape")


def c_strings(message: bytes, count: int, start: int = 5) -> tuple[list[bytes], int]:
    """Return zero-terminated strings of a message, and the place after the last one.

    :param message: the whole message.
    :param count: how many strings to read.
    :param start: where the first begins.
    :raises ProtocolError: when the message ends before them.
    """
    strings = []
    for _ in range(count):
        end = message.find(b"\0", start)
        if end < 0:
            raise ProtocolError("A string in a message has no end.")
        strings.append(message[start:end])
        start = end + 1
    return strings, start
