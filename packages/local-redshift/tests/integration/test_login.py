"""Every driver logs in, with TLS and without, and is told why when it may not."""

from __future__ import annotations

import socket
import struct
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import psycopg2
import pytest
import redshift_connector

from local_redshift import RedshiftServer, Settings, Tls
from local_redshift.s3 import S3Server
from local_redshift.testing import WireProxy
from support.clients import CLIENTS, Client, redshift_connection, run_psql


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_client_logs_in_and_reads(redshift: RedshiftServer, client: Client) -> None:
    assert client(redshift, ["SELECT 1 AS one, current_database() AS name"]) == [(1, "dev")]


@pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-ca", "verify-full"])
def test_libpq_clients_connect_in_every_tls_mode(redshift: RedshiftServer, mode: str) -> None:
    options = {"sslmode": mode, "sslrootcert": str(redshift.certificate)}
    given = redshift.connection() | {"host": "localhost", "hostaddr": "127.0.0.1"} | options
    with psycopg.connect(**given) as connection:
        assert connection.pgconn.ssl_in_use == (mode != "disable")
    psycopg2.connect(**given).close()


def test_redshift_connector_connects_over_tls_that_it_verifies(
    redshift: RedshiftServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(redshift.certificate))
    for mode in ("verify-ca", "verify-full"):
        with redshift_connection(redshift, host="localhost", ssl=True, sslmode=mode) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
            assert cursor.fetchall() == ([1],)
    # It asks for TLS, and would not go on without.
    with WireProxy(lambda: (redshift.settings.host, redshift.port)) as proxy, pytest.raises(redshift_connector.Error):
        redshift_connection(redshift, host="localhost", port=proxy.port, ssl=True).__enter__()


def test_psql_over_tls_says_so(redshift: RedshiftServer) -> None:
    done = run_psql(redshift, "-c", "\\conninfo")
    assert done.returncode == 0, done.stderr
    assert 'user "awsuser"' in done.stdout or "awsuser" in done.stdout


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong"}, {"user": "nobody"}, {"user": "rdsdb"}], ids=["password", "user", "superuser"]
)
def test_a_wrong_password_or_user_is_refused(redshift: RedshiftServer, wrong: dict[str, str]) -> None:
    given = redshift.connection() | wrong
    for mode in ("disable", "require"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed for user"):
            psycopg.connect(**given, sslmode=mode)
    given["database"] = given.pop("dbname")
    with pytest.raises(redshift_connector.Error, match="password authentication failed"):
        redshift_connector.connect(**given, ssl=False)


def test_an_unknown_database_is_named(redshift: RedshiftServer) -> None:
    with pytest.raises(psycopg.OperationalError, match='database "nowhere" does not exist'):
        psycopg.connect(**redshift.connection() | {"dbname": "nowhere"})


def test_clients_are_told_redshifts_version_and_psql_the_one_its_queries_fit(redshift: RedshiftServer) -> None:
    with psycopg.connect(**redshift.connection()) as connection:
        assert connection.info.parameter_status("server_version") == "8.0.2"
        assert connection.info.parameter_status("search_path") is None
        assert "Redshift 1.0" in str(connection.execute("SELECT version()").fetchone())


@pytest.mark.parametrize("command", ["\\d", "\\dt", "\\dv", "\\dn", "\\du", "\\l", "\\df len", "\\d described"])
def test_psql_describes_what_there_is(redshift: RedshiftServer, schema: str, command: str) -> None:
    table = f"CREATE TABLE {schema}.described (a INTEGER NOT NULL) DISTKEY (a) SORTKEY (a)"
    done = run_psql(redshift, "-c", table, "-c", f"SET search_path TO {schema}", "-c", command)
    assert done.returncode == 0
    assert "ERROR" not in done.stderr
    if "described" in command:
        assert f'Table "{schema}.described"' in done.stdout


def test_sessions_have_snapshot_isolation_by_default(redshift: RedshiftServer) -> None:
    with psycopg.connect(**redshift.connection()) as connection:
        assert connection.execute("SHOW transaction_isolation").fetchone() == ("repeatable read",)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\0" * 100,
        b"\xff" * 100_000,
        struct.pack("!II", 8, 80877103),
        struct.pack("!II", 16, 80877102) + b"\0\0\0\1none",
        struct.pack("!II", 8, 3 << 16),
        b"",
    ],
    ids=["http", "zeros", "much", "TLS and no more", "foreign cancel", "start-up without user", "nothing"],
)
def test_garbage_on_the_port_harms_nobody(redshift: RedshiftServer, sent: bytes) -> None:
    with socket.create_connection((redshift.settings.host, redshift.port), timeout=10) as garbage:
        garbage.sendall(sent)
        if sent and sent != struct.pack("!II", 8, 80877103):
            # what was not read when the server closed makes it a reset
            with suppress(ConnectionResetError):
                while garbage.recv(4096):
                    pass
        with psycopg.connect(**redshift.connection()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_garbage_after_login_ends_that_session_with_a_reason(redshift: RedshiftServer) -> None:
    # closing(), because a connection's own context manager would commit on what is left of it.
    with closing(psycopg.connect(**redshift.connection(), sslmode="disable", autocommit=True)) as connection:
        with socket.socket(fileno=socket.dup(connection.fileno())) as raw:
            raw.setblocking(True)
            raw.sendall(b"?\xff\xff\xff\xff" + b"?" * 100)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_fifty_clients_at_once_are_served(redshift: RedshiftServer) -> None:
    connections = [psycopg.connect(**redshift.connection(), autocommit=True) for _ in range(50)]
    try:
        pids = {row[0] for c in connections if (row := c.execute("SELECT pg_backend_pid()").fetchone())}
        assert len(pids) == 50
    finally:
        for connection in connections:
            connection.close()


def test_users_and_required_tls_are_settings(tmp_path: Path, s3: S3Server) -> None:
    settings = Settings(tmp_path, port=0, s3=s3.settings, users=(("reader", "Abcdefg1"),), tls=Tls.REQUIRED)
    with RedshiftServer(settings) as server:
        given = server.connection() | {"user": "reader", "password": "Abcdefg1"}
        with psycopg.connect(**given, sslmode="require") as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("reader",)
        with pytest.raises(psycopg.OperationalError, match="connections with TLS only"):
            psycopg.connect(**given, sslmode="disable")
