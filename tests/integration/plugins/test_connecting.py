"""Connections notice that the other side is gone, and do as their Airflow connection says."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook
from tenacity import wait_none

from sparkify.hooks.connecting import KEEPALIVE_COUNT, KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, connect
from tests.integration.plugins.conftest import Services

_OPTIONS = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)


@pytest.fixture(autouse=True)
def _connections(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in services.connections().items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))
    # The provider's hook waits between its five tries.
    monkeypatch.setattr(RedshiftSQLHook.get_conn.retry, "wait", wait_none())


def probes(opened: Any) -> tuple[int, ...]:
    number = opened._usock.fileno() if hasattr(opened, "_usock") else opened.fileno()
    same = socket.socket(fileno=number)
    try:
        assert same.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        return tuple(same.getsockopt(socket.IPPROTO_TCP, option) for option in _OPTIONS)
    finally:
        same.detach()


@pytest.mark.parametrize("conn_id", ["stage_redshift", "stage_postgres"])
def test_an_idle_connection_is_probed(conn_id: str) -> None:
    opened = connect(conn_id)
    assert probes(opened) == (KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT)
    opened.close()


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("STAGE_REDSHIFT", {"ssl": False, "tcp_keepalive_idle": 7, "timeout": 9}),
        ("STAGE_POSTGRES", {"keepalives_idle": 7}),
    ],
)
def test_what_the_connection_says_comes_first(
    services: Services, monkeypatch: pytest.MonkeyPatch, name: str, extra: dict[str, Any]
) -> None:
    known = services.connections()[name]
    given = known | {"extra": known.get("extra", {}) | extra}
    monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(given))
    opened = connect(name.lower())
    assert probes(opened) == (7, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT)
    if "timeout" in extra:
        assert opened._usock.gettimeout() == 9
    opened.close()


def test_the_limit_for_connecting_does_not_limit_statements() -> None:
    opened = connect("stage_redshift")
    assert opened._usock.gettimeout() is None
    opened.cursor().execute("SELECT 1")
    opened.close()


def test_tls_verifies_the_server_by_both_kinds_of_connection(services: Services) -> None:
    postgres, amazon = connect("stage_postgres"), connect("stage_redshift")
    assert postgres.pgconn.ssl_in_use
    assert amazon._usock.version() in ("TLSv1.2", "TLSv1.3")
    postgres.close()
    amazon.close()


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


def test_a_mode_that_would_send_in_the_clear_is_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    given = services.connections()["STAGE_REDSHIFT"] | {"extra": {"sslmode": "prefer"}}
    monkeypatch.setenv("AIRFLOW_CONN_STAGE_REDSHIFT", json.dumps(given))
    with pytest.raises(ValueError, match="verify-full, verify-ca"):
        connect("stage_redshift")
