"""Clients that send nonsense, nothing, or too many of them: the server goes on for everybody else."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_redshift import RedshiftServer

#: A start-up message of user "u", as it stands in the protocol.
_STARTUP = struct.pack("!II", 22, 196608) + b"user\0u\0x\0y\0\0\0"

_GARBAGE = {
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "zeros": b"\0" * 64,
    "a length beyond any": b"\xff\xff\xff\xff" + struct.pack("!I", 196608),
    "a length below any": struct.pack("!I", 3),
    "an unknown version": struct.pack("!II", 8, 7 << 16),
    "parameters without an end": struct.pack("!II", 12, 196608) + b"user",
    "TLS without asking": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x11" * 500,
    "a query before the login": _STARTUP + b"Q" + struct.pack("!I", 13) + b"SELECT 1\0",
    "a cancel request cut short": struct.pack("!III", 12, 80877102, 1),
}


def open_socket(redshift: RedshiftServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", redshift.port), timeout=30)


def read_to_end(client: socket.socket) -> bytes:
    """Return what the server says until it ends the connection, which it has to."""
    said = b""
    with suppress(ConnectionResetError):
        while chunk := client.recv(65536):
            said += chunk
    return said


def is_answering(redshift: RedshiftServer) -> bool:
    with psycopg.connect(**redshift.connection()) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("sent", _GARBAGE.values(), ids=_GARBAGE)
def test_garbage_ends_its_own_connection_only(redshift: RedshiftServer, sent: bytes) -> None:
    with open_socket(redshift) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        read_to_end(client)
    assert is_answering(redshift)


def test_connections_that_are_only_opened_keep_nobody_out(redshift: RedshiftServer) -> None:
    idle = [open_socket(redshift) for _ in range(50)]
    for client in idle[25:]:
        client.sendall(_STARTUP[:9])
    assert is_answering(redshift)
    for client in idle:
        client.close()
    assert is_answering(redshift)


async def test_two_hundred_clients_at_once_are_answered(redshift: RedshiftServer) -> None:
    connections = [await psycopg.AsyncConnection.connect(**redshift.connection()) for _ in range(200)]

    async def ask(connection: psycopg.AsyncConnection, number: int) -> object:
        return await (await connection.execute("SELECT %s::int", [number])).fetchone()

    answers = await asyncio.gather(*(ask(connection, number) for number, connection in enumerate(connections)))
    for connection in connections:
        await connection.close()
    assert answers == [(number,) for number in range(200)]


_KINDS = st.sampled_from(b"QPBEDCSHFdcfpX1Zz\0\xff").map(lambda kind: bytes((kind,)))
_BODIES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"SELECT 1\0", b"\0SELECT 1\0\0\0", b"\0\0\0\0\0\0\0\0", b"\0\0\0\0\0", b"Sx\0", b"COPY t FROM 's3://b/k'\0"]
    ),
)
_FRAMES = st.builds(lambda kind, body: kind + struct.pack("!I", len(body) + 4) + body, _KINDS, _BODIES)
_STREAMS = st.lists(st.one_of(_FRAMES, st.binary(max_size=12)), max_size=8).map(b"".join)


@pytest.fixture(scope="module")
def examples(redshift: RedshiftServer) -> Iterator[RedshiftServer]:
    """The server, for examples that change nothing in it."""
    yield redshift
    assert is_answering(redshift)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STREAMS)
def test_whatever_comes_after_the_login_the_connection_ends_when_the_client_goes(
    examples: RedshiftServer, stream: bytes
) -> None:
    connection = psycopg.connect(**examples.connection(), sslmode="disable")
    with socket.socket(fileno=os.dup(connection.fileno())) as client:
        client.settimeout(30)
        client.sendall(stream)
        client.shutdown(socket.SHUT_WR)
        read_to_end(client)
    connection.close()
