"""Opens connections to the warehouse that end when the other side is gone.

Without limits of its own a driver waits for ever for an answer that cannot come: for a server that accepts and says
nothing, or one that vanished behind a NAT gateway, which forgets an idle connection after 350 seconds and tells nobody
(https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html). What the Airflow connection's extra
says comes before these defaults.
"""

from __future__ import annotations

import json
import os
import socket
from copy import copy
from typing import Any

#: Seconds for a connection to be made and answer its first message.
CONNECT_SECONDS = 30
#: A connection on which nothing moves is probed after so many seconds, again every so many, and is over when so many
#: probes in turn stay unanswered: two minutes in all.
KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT = 60, 15, 4

_POSTGRES_EXTRA = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": KEEPALIVE_IDLE,
    "keepalives_interval": KEEPALIVE_INTERVAL,
    "keepalives_count": KEEPALIVE_COUNT,
    "tcp_user_timeout": 1000 * (KEEPALIVE_IDLE + KEEPALIVE_INTERVAL * KEEPALIVE_COUNT),
}
_REDSHIFT_EXTRA = {
    "timeout": CONNECT_SECONDS,
    "tcp_keepalive": True,
    "tcp_keepalive_idle": KEEPALIVE_IDLE,
    "tcp_keepalive_interval": KEEPALIVE_INTERVAL,
    "tcp_keepalive_count": KEEPALIVE_COUNT,
}


def connect(conn_id: str) -> Any:
    """Open a DB-API connection.

    :param conn_id: an Airflow connection of type ``redshift`` or ``postgres``.
    :raises ValueError: when it is of another type.
    """
    from airflow.sdk import BaseHook

    connection = BaseHook.get_connection(conn_id)
    # The two hooks by name: looking a hook up by type loads every installed provider.
    if connection.conn_type == "redshift":
        return _connect_redshift(conn_id, connection)
    if connection.conn_type == "postgres":
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        given = _with_defaults(connection, _POSTGRES_EXTRA)
        return PostgresHook(postgres_conn_id=conn_id, connection=given).get_conn()
    raise ValueError(
        f"The connection {conn_id!r} is of type {connection.conn_type!r}; give it the type 'redshift' or 'postgres'."
    )


def shut_down(connection: Any) -> None:
    """End a connection's traffic at once, below the driver: its own close waits for a read that is under way."""
    number = connection._usock.fileno() if hasattr(connection, "_usock") else connection.fileno()
    with socket.socket(fileno=os.dup(number)) as same:
        same.shutdown(socket.SHUT_RDWR)


def _connect_redshift(conn_id: str, connection: Any) -> Any:
    from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook

    hook = RedshiftSQLHook(redshift_conn_id=conn_id)
    hook.conn = _with_defaults(connection, _REDSHIFT_EXTRA)
    opened = hook.get_conn()
    if "timeout" not in connection.extra_dejson:
        # The driver's only timeout is the socket's: kept, it would end every statement that takes longer.
        opened._usock.settimeout(None)
    return opened


def _with_defaults(connection: Any, defaults: dict[str, Any]) -> Any:
    given = copy(connection)
    given.extra = json.dumps(defaults | connection.extra_dejson)
    return given
