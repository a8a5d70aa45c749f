"""Connections notice that the other side is gone, and do as their Airflow connection says."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from sparkify.hooks.connecting import KEEPALIVE_COUNT, KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, connect
from tests.integration.plugins.conftest import Services

_OPTIONS = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)


@pytest.fixture(autouse=True)
def _connections(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in services.connections().items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))


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
    given = services.connections()[name] | {"extra": extra}
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
