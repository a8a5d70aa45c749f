"""Connections that do not log in take no back end, and keep nobody out."""

from __future__ import annotations

import os
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest

from local_redshift import RedshiftServer, Settings
from local_redshift.settings import SESSIONS
from local_redshift.testing import wait_until
from local_redshift.wire import client_messages, passwords
from local_redshift.wire.protocol import CANCEL_REQUEST, SSL_REQUEST

STARTUP = client_messages.startup({"user": "awsuser", "database": "dev"})
SSL = struct.pack("!II", 8, SSL_REQUEST)
#: The beginning of a ClientHello.
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x11" * 40

#: What clients send that do not log in.
BEGINNINGS = {
    "a start-up message": STARTUP,
    "nothing": b"",
    "half a start-up message": STARTUP[:9],
    "a request for TLS": SSL,
    "half of TLS": SSL + HELLO,
    "a cancel request of nobody": struct.pack("!IIII", 16, CANCEL_REQUEST, 1, 1),
    "half a password": STARTUP + b"p\0\0\0\x28md5",
}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedshiftServer]:
    """A server that no other test uses, because its connections are counted."""
    with RedshiftServer(Settings(tmp_path_factory.mktemp("own"), port=0)) as server:
        yield server


def connect(server: RedshiftServer, sent: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    if sent.startswith(SSL) and len(sent) > len(SSL):
        client.sendall(SSL)
        assert client.recv(1) == b"S"
        sent = sent.removeprefix(SSL)
    client.sendall(sent)
    return client


@pytest.fixture
def count_backends(own: RedshiftServer) -> Iterator[Callable[[], int]]:
    """Counts the back ends of clients, those that are just starting included."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename IS DISTINCT FROM %s"
    )
    with psycopg.connect(own.postgres_dsn(), autocommit=True) as connection:

        def count() -> int:
            row = connection.execute(query, ["rdsdb"]).fetchone()
            return row[0] if row else -1

        yield count


def can_log_in(server: RedshiftServer) -> bool:
    with psycopg.connect(**server.connection()) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("sent", BEGINNINGS.values(), ids=BEGINNINGS)
def test_clients_that_do_not_log_in_take_no_back_end_and_keep_nobody_out(
    own: RedshiftServer, count_backends: Callable[[], int], sent: bytes
) -> None:
    with ExitStack() as stack:
        for _ in range(SESSIONS + 10):
            stack.enter_context(connect(own, sent))
        assert can_log_in(own)
        wait_until(lambda: count_backends() == 0)


@pytest.mark.parametrize("sent", BEGINNINGS.values(), ids=BEGINNINGS)
def test_clients_that_hang_up_at_once_leave_no_back_end(
    own: RedshiftServer, count_backends: Callable[[], int], sent: bytes
) -> None:
    for _ in range(SESSIONS + 10):
        connect(own, sent).close()
    assert can_log_in(own)
    wait_until(lambda: count_backends() == 0)


def test_a_client_that_hangs_up_while_its_back_end_starts_leaves_none(
    own: RedshiftServer, count_backends: Callable[[], int]
) -> None:
    with psycopg.connect(own.postgres_dsn()) as connection:
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'awsuser'").fetchone()
    assert row is not None
    for _ in range(40):
        with connect(own, STARTUP) as client:
            asked = client.recv(13, socket.MSG_WAITALL)
            client.sendall(passwords.answer(row[0], asked[9:13]))
    assert can_log_in(own)
    wait_until(lambda: count_backends() == 0)


def test_of_too_many_the_one_that_waits_longest_is_refused_and_told_so(own: RedshiftServer) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(connect(own, STARTUP))
        assert first.recv(13, socket.MSG_WAITALL)[0] == ord("R")
        session = stack.enter_context(psycopg.connect(**own.connection(), autocommit=True))
        for _ in range(320):
            stack.enter_context(connect(own, STARTUP))
        said = first.recv(4096)
        assert b"C53300\0" in said
        assert b"too many connections wait for their login" in said
        assert first.recv(1) == b""
        assert session.execute("SELECT 1").fetchone() == (1,)
        assert can_log_in(own)


def test_clients_that_wait_are_dropped_and_told_why_once_they_have_sent_a_start_up_message(own: RedshiftServer) -> None:
    with ExitStack() as stack:  # all at once: each waits for seconds
        clients = {sent: stack.enter_context(connect(own, sent)) for sent in (STARTUP, STARTUP[:9], SSL + HELLO, b"")}
        said = {sent: _all_that_comes(client) for sent, client in clients.items()}
    told = {sent for sent, text in said.items() if b"canceling authentication due to timeout" in text}
    assert told == {STARTUP}


def _all_that_comes(client: socket.socket) -> bytes:
    said = b""
    try:
        while chunk := client.recv(4096):
            said += chunk
    except ConnectionResetError:
        pass
    return said


def test_too_many_sessions_are_refused_as_on_redshift_and_the_server_keeps_its_own(own: RedshiftServer) -> None:
    """https://repost.aws/knowledge-center/redshift-connection-limits"""
    with ExitStack() as stack:
        for _ in range(SESSIONS):
            last = stack.enter_context(closing(psycopg.connect(**own.connection(), autocommit=True)))
        with pytest.raises(psycopg.OperationalError, match=f'connection limit "{SESSIONS}" exceeded for non-bootstrap'):
            psycopg.connect(**own.connection())
        with psycopg.connect(own.postgres_dsn()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert last.execute("SELECT 1").fetchone() == (1,)
    wait_until(lambda: _logs_in(own))


def _logs_in(server: RedshiftServer) -> bool:
    try:
        return can_log_in(server)
    except psycopg.OperationalError:
        return False


def test_a_changed_password_is_the_one_that_counts(own: RedshiftServer) -> None:
    with psycopg.connect(**own.connection(), autocommit=True) as connection:
        connection.execute("CREATE USER visitor PASSWORD 'Abcdefg1'")
        given = own.connection() | {"user": "visitor"}
        psycopg.connect(**given | {"password": "Abcdefg1"}).close()
        connection.execute("ALTER USER visitor PASSWORD 'Hijklmn2'")
        psycopg.connect(**given | {"password": "Hijklmn2"}).close()
        with pytest.raises(psycopg.OperationalError, match='password authentication failed for user "visitor"'):
            psycopg.connect(**given | {"password": "Abcdefg1"})
        connection.execute("ALTER USER visitor PASSWORD DISABLE")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**given | {"password": "Hijklmn2"})
        connection.execute("DROP USER visitor")


def test_logins_go_on_after_postgresql_has_been_started_again(tmp_path: Path) -> None:
    with RedshiftServer(Settings(tmp_path, port=0)) as server:
        assert can_log_in(server)
        with psycopg.connect(server.postgres_dsn(), autocommit=True) as connection:
            started = connection.execute("SELECT pg_postmaster_start_time()").fetchone()
        postmaster = (tmp_path / "warehouse" / "data" / "postmaster.pid").read_text().split()[0]
        os.kill(int(postmaster), signal.SIGQUIT)
        wait_until(lambda: _start_time(server) not in (None, started))


def _start_time(server: RedshiftServer) -> object:
    try:
        with psycopg.connect(**server.connection()) as connection:
            return connection.execute("SELECT pg_postmaster_start_time()").fetchone()
    except psycopg.OperationalError:
        return None
