"""Whatever a client that has logged in sends, its session answers the next statement, or ends with a reason."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from random import Random

import psycopg
import pytest

from local_redshift import RedshiftServer
from local_redshift.wire import client_messages, passwords
from local_redshift.wire.protocol import STATEMENT_LIMIT

_QUERY = client_messages.query("SELECT 1")
#: What answers it: the row, its completion, and readiness outside of a transaction.
_ANSWER = b"D\0\0\0\x0b\0\1\0\0\0\0011C\0\0\0\rSELECT 1\0Z\0\0\0\5I"


class RawClient:
    """A client that sends bytes and reads messages."""

    def __init__(self, server: RedshiftServer) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        given = server.connection()
        self.send(client_messages.startup({"user": given["user"], "database": given["dbname"]}))
        with psycopg.connect(server.postgres_dsn()) as connection:
            query = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"
            (kept,) = connection.execute(query, [given["user"]]).fetchone() or ("",)
        self.send(passwords.answer(kept, self.message()[9:13]))
        self.read_to_ready()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def message(self) -> bytes:
        """Return the next message, nothing when the connection has ended."""
        head = self._exactly(5)
        return head + self._exactly(struct.unpack("!I", head[1:])[0] - 4) if head else b""

    def read_to_ready(self) -> bytes:
        """Return what comes up to and with the next ReadyForQuery, or to the end."""
        said = b""
        while message := self.message():
            said += message
            if message[:1] == b"Z":
                break
        return said

    def close(self) -> None:
        self._socket.close()

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                chunk = self._socket.recv(size - len(data))
            except ConnectionResetError:
                return b""
            if not chunk:
                return b""
            data += chunk
        return data


@pytest.fixture
def client(redshift: RedshiftServer) -> Iterator[RawClient]:
    made = RawClient(redshift)
    yield made
    made.close()


def _frame(code: int, body: bytes) -> bytes:
    return bytes((code,)) + struct.pack("!I", len(body) + 4) + body


_BODIES = (
    b"",
    b"\0",
    b"SELECT 1",
    b"SELECT 1\0",
    b"SELECT 1\0more\0",
    b"a\0SELECT $1\0\0\1\0\0\0\x17",
    b"a\0SELECT 1\0\xff\xff",
    b"\0a\0\0\0\0\0\0\0",
    b"\0a\0\xff\xff",
    b"\0\0\0\1\0\1\0\1\x7f\xff\xff\xff",
    b"Sa\0",
    b"Pa\0",
    b"Xa\0",
    b"\0\xff\xff\xff\xff",
    b"\0\0\0\0\0",
    b"\xff\xfe\0",
    b"select qualify b\0",
    b"\0select qualify b\0\0\0",
    b"COPY t FROM 's3://b/k'\0",
    b"\0UNLOAD ('select \xff') TO 's3://b/k' IAM_ROLE default\0\0\0",
    b"BEGIN\0",
    b"\0BEGIN\0\0\0",
)


@pytest.mark.parametrize("seed", range(12))
def test_messages_with_any_content_in_any_order_leave_the_session_usable(client: RawClient, seed: int) -> None:
    random = Random(seed)
    for _ in range(25):
        codes = [random.choice(b"QPBDECSHFdcf") for _ in range(random.randrange(1, 6))]
        for code in codes:
            body = random.choice(_BODIES)
            cut = random.randrange(len(body) + 1)
            client.send(_frame(code, random.choice([body, body, body[:cut], body + bytes(random.randrange(5))])))
        client.send(client_messages.SYNC + client_messages.query("ROLLBACK") + _QUERY)
        while not (said := client.read_to_ready()).endswith(_ANSWER):
            assert said, f"The connection was dropped after {codes}."


@pytest.mark.parametrize(
    "sent", [b"\0\0\0\0\4", b"?\0\0\0\4", b"Q\0\0\0\3", b"Q\xff\xff\xff\xff", b"S\0\1\0\0", b"p\0\0\0\4"]
)
def test_what_is_no_message_ends_the_session_with_a_reason(client: RawClient, sent: bytes) -> None:
    client.send(sent + b"x" * 20)
    said = client.read_to_ready()
    assert b"SFATAL\0" in said
    assert b"C08P01\0" in said


@pytest.mark.parametrize("code", ["Q", "P"])
def test_a_statement_over_16_mb_is_refused_and_the_session_goes_on(client: RawClient, code: str) -> None:
    sql = b"SELECT '" + b"x" * STATEMENT_LIMIT + b"'"
    client.send(client_messages.query(sql.decode()) if code == "Q" else client_messages.parse(sql.decode()))
    client.send(client_messages.SYNC)
    said = client.read_to_ready()
    assert b"C42601\0" in said
    assert b"MStatement is too large. Statement Size: " in said
    client.send(client_messages.SYNC + _QUERY)
    while not (said := client.read_to_ready()).endswith(_ANSWER):
        assert said


_STATEMENTS = (
    "select qualify b",
    "select a from (select 1 as jan) unpivot (jan, feb)",
    "SELECT 1 " + "/*" * 100_000 + "*/" * 100_000,
    "SELECT 1 " + "/*/" * 100_000,
    "SELECT 1 " + "+-" * 100_000 + "1",
    "SELECT " + "(" * 50_000 + "1" + ")" * 50_000,
    "SELECT " + "DECODE(" * 2_000 + "1" + ", 1, 2)" * 2_000,
    "SELECT '\ud800'",
    "SELECT 'a",
    "SELECT $$a",
    "COPY t FROM 's3://b/k' IAM_ROLE",
    "UNLOAD ('select qualify b') TO 's3://b/k' IAM_ROLE default",
    "CREATE PROCEDURE p() AS $$ BEGIN select qualify b; END $$ LANGUAGE plpgsql",
)


@pytest.mark.parametrize("number", range(len(_STATEMENTS)))
def test_a_statement_that_cannot_be_planned_is_an_error_in_both_protocols(client: RawClient, number: int) -> None:
    sql = _STATEMENTS[number].encode("utf-8", "surrogatepass")
    for message in (_frame(ord("Q"), sql + b"\0"), _frame(ord("P"), b"\0" + sql + b"\0\0\0")):
        client.send(message + client_messages.SYNC)
        said = client.read_to_ready()
        assert said[:1] == b"E"
        assert b"CXX000\0" not in said
        client.send(client_messages.SYNC + _QUERY)
        while not (said := client.read_to_ready()).endswith(_ANSWER):
            assert said


def test_planning_takes_half_of_statement_timeout_at_most(redshift: RedshiftServer) -> None:
    sql = " UNION ALL ".join(["SELECT a FROM t AS x QUALIFY row_number() over (order by a) = 1"] * 2_000)
    with psycopg.connect(**redshift.connection(), autocommit=True) as connection:
        connection.execute("SET statement_timeout TO 1000")
        for prepare in (False, True):
            with pytest.raises(
                psycopg.errors.QueryCanceled, match="canceling statement due to statement timeout"
            ) as caught:
                connection.execute(sql, prepare=prepare)
            assert caught.value.diag.message_detail == "Planning it took longer than 0.5 s."
            assert connection.execute("SELECT 1").fetchone() == (1,)
