"""Connections detect that the other side is gone, and use the options of their Airflow connection."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
import pytest
from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook
from tenacity import wait_none

from local_redshift.testing import Hang, WireProxy
from sparkify.hooks import connecting
from sparkify.hooks.connecting import KEEPALIVE_COUNT, KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, connect
from sparkify.hooks.errors import LoginRefusedError, next_step
from sparkify.hooks.refused_logins import RefusedLogins
from sparkify.hooks.warehouse import WarehouseHook, WarehouseSession
from tests.support.services import Services

_OPTIONS = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)


@pytest.fixture(autouse=True)
def _connections(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in services.connections().items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))
    # Otherwise the provider's hook would wait between its five tries.
    monkeypatch.setattr(RedshiftSQLHook.get_conn.retry, "wait", wait_none())


def written(known: dict[str, Any], extra: dict[str, Any], form: str) -> str:
    """Return a connection with additional extras in one of the forms that an environment variable may have."""
    extra = known.get("extra", {}) | extra
    if form == "URI":
        login = f"{quote(known['login'], safe='')}:{quote(known['password'], safe='')}"
        query = urlencode({key: str(value) for key, value in extra.items()})
        return f"{known['conn_type']}://{login}@{known['host']}:{known['port']}/{known['schema']}?{query}"
    texts = {key: str(value) for key, value in extra.items()}
    return json.dumps(known | {"extra": texts if form == "JSON texts" else extra})


@contextmanager
def opened_socket(services: Services, conn_id: str) -> Iterator[tuple[Any, int]]:
    """Give a new connection and the number of its socket, as the system has it."""
    before = sockets(services)
    opened = connect(conn_id)
    try:
        [number] = sockets(services) - before
        yield opened, number
    finally:
        opened.close()


def sockets(services: Services) -> set[int]:
    """Return the sockets by which this process is connected with the warehouse."""
    found = psutil.Process().net_connections("tcp")
    return {each.fd for each in found if each.raddr and each.raddr.port == services.redshift.port}


def probes(number: int) -> tuple[int, ...]:
    with socket.socket(fileno=os.dup(number)) as same:
        assert same.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        return tuple(same.getsockopt(socket.IPPROTO_TCP, option) for option in _OPTIONS)


@pytest.mark.parametrize("conn_id", ["stage_redshift", "stage_postgres"])
def test_an_idle_connection_is_probed(services: Services, conn_id: str) -> None:
    with opened_socket(services, conn_id) as (_, number):
        assert probes(number) == (KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT)


#: Every extra that docs/troubleshooting.md names, and one of each other type.
_DOCUMENTED = [
    (
        "STAGE_REDSHIFT",
        {"ssl": False, "tcp_keepalive": True, "tcp_keepalive_idle": 7, "tcp_keepalive_interval": 8}
        | {"tcp_keepalive_count": 9, "timeout": 9, "application_name": "loads", "max_prepared_statements": 10}
        | {"client_protocol_version": 1, "numeric_to_float": False},
    ),
    (
        "STAGE_POSTGRES",
        {"keepalives": 1, "keepalives_idle": 7, "keepalives_interval": 8, "keepalives_count": 9, "connect_timeout": 9}
        | {"tcp_user_timeout": 9000, "application_name": "loads", "options": "-c statement_timeout=60000"},
    ),
]


@pytest.mark.parametrize("form", ["URI", "JSON texts", "JSON"])
@pytest.mark.parametrize(("name", "extra"), _DOCUMENTED)
def test_what_the_connection_says_comes_first(
    services: Services, monkeypatch: pytest.MonkeyPatch, name: str, extra: dict[str, Any], form: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name}", written(services.connections()[name], extra, form))
    with opened_socket(services, name.lower()) as (_, number):
        assert probes(number) == (7, 8, 9)


def test_the_limit_for_connecting_does_not_limit_statements(services: Services) -> None:
    with opened_socket(services, "stage_redshift") as (opened, number):
        assert os.get_blocking(number)  # Python lets a socket with a time limit not block
        opened.cursor().execute("SELECT 1")


def test_the_limit_that_the_extra_gives_amazons_driver_limits_statements(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = services.connections()["STAGE_REDSHIFT"]
    with WireProxy(lambda: (known["host"], known["port"])) as proxy:
        given = known | {"host": "127.0.0.1", "port": proxy.port, "extra": {"ssl": False, "timeout": 2}}
        monkeypatch.setenv("AIRFLOW_CONN_STAGE_REDSHIFT", json.dumps(given))
        opened = connect("stage_redshift")
        proxy.rule = lambda statement, moment: Hang() if "42" in statement.text else None
        with pytest.raises(Exception, match="timed out"):
            opened.cursor().execute("SELECT 42")


def test_tls_verifies_the_server_by_both_kinds_of_connection(services: Services) -> None:
    for conn_id in ("stage_postgres", "stage_redshift"):
        opened = connect(conn_id)
        assert is_encrypted(opened)
        opened.close()


@pytest.mark.parametrize("name", ["STAGE_REDSHIFT", "STAGE_POSTGRES"])
def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(
    services: Services, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    given = {key: value for key, value in services.connections()[name].items() if key != "extra"}
    monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(given))
    with pytest.raises(Exception, match="certificate verify failed"):
        connect(name.lower())


@pytest.mark.parametrize("name", ["STAGE_REDSHIFT", "STAGE_POSTGRES"])
def test_a_certificate_of_another_name_is_refused(
    services: Services, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    given = services.connections()[name] | {"host": "127.0.0.2"}  # all of 127/8 is this machine
    monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(given))
    with pytest.raises(Exception, match=r"(?i)certificate|refused"):
        connect(name.lower())


def is_encrypted(opened: Any) -> bool:
    session = WarehouseSession(opened, WarehouseHook("none"))
    return session.is_encrypted


#: Extras and whether the session must be encrypted with them.
TLS = [
    ("STAGE_REDSHIFT", {}, True),
    ("STAGE_REDSHIFT", {"ssl": True}, True),
    ("STAGE_REDSHIFT", {"ssl": 1}, True),
    ("STAGE_REDSHIFT", {"ssl": "t"}, True),
    ("STAGE_REDSHIFT", {"sslmode": "verify-full", "ssl": True}, True),
    ("STAGE_REDSHIFT", {"sslmode": "Verify-CA"}, True),
    ("STAGE_REDSHIFT", {"ssl": False}, False),
    ("STAGE_REDSHIFT", {"ssl": 0}, False),
    ("STAGE_POSTGRES", {}, True),
    ("STAGE_POSTGRES", {"sslmode": "require"}, True),
    ("STAGE_POSTGRES", {"sslmode": "Verify-Full"}, True),
]


@pytest.mark.parametrize("form", ["URI", "JSON texts", "JSON"])
@pytest.mark.parametrize(("name", "extra", "wanted"), TLS)
def test_a_session_is_encrypted_unless_the_extra_says_otherwise(
    services: Services, monkeypatch: pytest.MonkeyPatch, name: str, extra: dict[str, Any], wanted: bool, form: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name}", written(services.connections()[name], extra, form))
    opened = connect(name.lower())
    try:
        assert is_encrypted(opened) is wanted
    finally:
        opened.close()


@pytest.mark.parametrize("form", ["URI", "JSON"])
def test_a_session_by_libpq_is_unencrypted_when_the_extra_says_so(
    services: Services, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    known = services.connections()["STAGE_POSTGRES"] | {"extra": {}}
    monkeypatch.setenv("AIRFLOW_CONN_STAGE_POSTGRES", written(known, {"sslmode": "disable"}, form))
    opened = connect("stage_postgres")
    try:
        assert not is_encrypted(opened)
    finally:
        opened.close()


def test_the_form_of_airflows_page_connects_with_tls(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    # https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/redshift.html
    known = services.connections()["STAGE_REDSHIFT"]
    login = f"{known['login']}:{quote(known['password'], safe='')}"
    uri = f"redshift://{login}@{known['host']}:{known['port']}/?database={known['schema']}&ssl=True"
    monkeypatch.setenv("AIRFLOW_CONN_STAGE_REDSHIFT", uri)
    opened = connect("stage_redshift")
    try:
        assert is_encrypted(opened)
        with opened.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            assert cursor.fetchone()[0] == known["schema"]
    finally:
        opened.close()


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("STAGE_REDSHIFT", {"sslmode": "prefer"}),
        ("STAGE_REDSHIFT", {"sslmode": "disable"}),
        ("STAGE_REDSHIFT", {"ssl": "yes"}),
        ("STAGE_REDSHIFT", {"ssl": ""}),
        ("STAGE_REDSHIFT", {"ssl": False, "sslmode": "verify-full"}),
        ("STAGE_POSTGRES", {"sslmode": "prefer"}),
        ("STAGE_POSTGRES", {"sslmode": ""}),
        ("STAGE_POSTGRES", {"ssl": True}),
        ("STAGE_POSTGRES", {"sslmode": "require", "sslrootcert": "/nowhere/ca.pem"}),
        ("STAGE_POSTGRES", {"sslcrl": "/nowhere/revoked.pem"}),
        ("STAGE_POSTGRES", {"sslcrldir": "/nowhere"}),
        ("STAGE_POSTGRES", {"sslcert": "/nowhere/client.crt"}),
        ("STAGE_POSTGRES", {"sslmode": "disable"}),  # beside the sslrootcert of the connection
    ],
)
@pytest.mark.parametrize("form", ["URI", "JSON"])
def test_an_extra_that_leaves_tls_in_doubt_is_refused(
    services: Services, monkeypatch: pytest.MonkeyPatch, name: str, extra: dict[str, Any], form: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name}", written(services.connections()[name], extra, form))
    with pytest.raises(ValueError, match=f"connection '{name.lower()}' has ssl"):
        connect(name.lower())


def test_an_extra_that_stands_twice_in_a_uri_is_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = written(services.connections()["STAGE_REDSHIFT"], {"ssl": True}, "URI")
    monkeypatch.setenv("AIRFLOW_CONN_STAGE_REDSHIFT", f"{uri}&ssl=False")
    with pytest.raises(ValueError, match="'ssl' twice"):
        connect("stage_redshift")


@pytest.mark.parametrize("name", ["STAGE_REDSHIFT", "STAGE_POSTGRES"])
def test_a_refused_password_is_sent_once_and_not_again_until_the_connection_changes(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_Users-user-lockout.html
    monkeypatch.setattr(connecting, "_REFUSED", RefusedLogins(tmp_path / "refused"))
    known = services.connections()[name]
    plain = {"ssl": False} if name == "STAGE_REDSHIFT" else {"sslmode": "disable"}
    with WireProxy(lambda: (known["host"], known["port"])) as proxy:
        given = known | {"host": "127.0.0.1", "port": proxy.port, "extra": plain}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(given | {"password": "outdated"}))
        with pytest.raises(Exception, match="password authentication failed") as caught:
            connect(name.lower())
        assert "SHOW USER LOCKOUT" in next_step(caught.value)
        assert proxy.connections == 1
        for _ in range(5):
            with pytest.raises(LoginRefusedError, match="not tried again with this password before .* ALTER USER"):
                connect(name.lower())
        assert proxy.connections == 1
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(given))
        connect(name.lower()).close()
