"""Opens connections to the warehouse that end when the other side is gone.

Without limits of its own a driver waits for ever for an answer that cannot come: for a server that accepts and says
nothing, or one that vanished behind a NAT gateway, which forgets an idle connection after 350 seconds and tells nobody
(https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html). What the Airflow connection's extra
says comes before these defaults.

Nor without asking is anything sent in the clear, or to a server that cannot prove its name: TLS with ``verify-full`` is
the default of both kinds of connection, by the authorities that Amazon's driver brings:
https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html
A warehouse with a certificate of its own is trusted by ``sslrootcert`` in the extra of a connection of type
``postgres``. Amazon's driver takes no such parameter but trusts what the process does: for type ``redshift`` the
environment names the file, as ``SSL_CERT_FILE``.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

from sparkify.settings import load_settings

#: Seconds for a connection to be made and answer its first message.
CONNECT_SECONDS = 30
#: A connection on which nothing moves is probed after so many seconds, again every so many, and is over when so many
#: probes in turn stay unanswered: two minutes in all.
KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT = 60, 15, 4

_POSTGRES_EXTRA = {
    "sslmode": "verify-full",
    "connect_timeout": CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": KEEPALIVE_IDLE,
    "keepalives_interval": KEEPALIVE_INTERVAL,
    "keepalives_count": KEEPALIVE_COUNT,
    "tcp_user_timeout": 1000 * (KEEPALIVE_IDLE + KEEPALIVE_INTERVAL * KEEPALIVE_COUNT),
}
_REDSHIFT_EXTRA = {
    # Without one the driver looks for the calling module in every module that is loaded, for 0.1 s of processor time.
    # It is shown in sys_connection_log.
    "application_name": "sparkify",
    "ssl": True,
    "sslmode": "verify-full",
    "timeout": CONNECT_SECONDS,
    "tcp_keepalive": True,
    "tcp_keepalive_idle": KEEPALIVE_IDLE,
    "tcp_keepalive_interval": KEEPALIVE_INTERVAL,
    "tcp_keepalive_count": KEEPALIVE_COUNT,
}
#: The modes that Amazon's driver knows; with any other it would go on without TLS.
_REDSHIFT_MODES = ("verify-full", "verify-ca")
#: What the extra of a connection says about logging in by IAM, which is done here: the driver would do it once more,
#: with an AWS identity of its own finding.
_IAM_EXTRA = (
    "iam",
    "aws_conn_id",
    "cluster_identifier",
    "is_serverless",
    "serverless_work_group",
    "serverless_token_duration_seconds",
)


def connect(conn_id: str) -> Any:
    """Open a DB-API connection.

    :param conn_id: an Airflow connection of type ``redshift`` or ``postgres``. With ``iam`` in its extra it logs in by
        a temporary password, which the AWS connection that the extra names as ``aws_conn_id`` asks for; by default that
        is the pipeline's own.
    :raises ValueError: when it is of another type, or asks for a TLS mode that there is not.
    """
    from airflow.sdk import BaseHook

    connection = BaseHook.get_connection(conn_id)
    # The two hooks by name: looking a hook up by type loads every installed provider.
    if connection.conn_type == "redshift":
        return _connect_redshift(conn_id, connection)
    if connection.conn_type == "postgres":
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        extra = {"sslrootcert": authorities(), **_POSTGRES_EXTRA, **connection.extra_dejson}
        return PostgresHook(postgres_conn_id=conn_id, connection=_with_extra(connection, extra)).get_conn()
    raise ValueError(
        f"The connection {conn_id!r} is of type {connection.conn_type!r}; give it the type 'redshift' or 'postgres'."
    )


def shut_down(connection: Any) -> None:
    """End a connection's traffic at once, below the driver: its own close waits for a read that is under way."""
    number = connection._usock.fileno() if hasattr(connection, "_usock") else connection.fileno()
    with socket.socket(fileno=os.dup(number)) as same:
        same.shutdown(socket.SHUT_RDWR)


def authorities() -> str:
    """Return the file of the authorities that sign Redshift's certificates, which Amazon's driver brings."""
    import redshift_connector

    return str(Path(redshift_connector.__file__).parent / "files" / "redshift-ca-bundle.crt")


def _connect_redshift(conn_id: str, connection: Any) -> Any:
    from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook

    own = connection.extra_dejson  # once: Airflow has the supervisor mask its secrets each time
    extra = _REDSHIFT_EXTRA | own
    mode = extra["sslmode"]
    if mode not in _REDSHIFT_MODES:
        raise ValueError(
            f"The extra of connection {conn_id!r} has the sslmode {mode!r}, which Amazon's driver does not know: "
            f"give it one of {', '.join(_REDSHIFT_MODES)}, or leave it out."
        )
    given = _with_extra(connection, extra)
    aws_conn_id = extra.get("aws_conn_id") or load_settings().aws_conn_id
    hook = RedshiftSQLHook(redshift_conn_id=conn_id, aws_conn_id=aws_conn_id)
    hook.conn = _logged_in(hook, given, extra) if extra.get("iam") else given
    opened = hook.get_conn()
    if "timeout" not in own:
        # The driver's only timeout is the socket's: kept, it would end every statement that takes longer.
        opened._usock.settimeout(None)
    return opened


def _logged_in(hook: Any, connection: Any, extra: Mapping[str, Any]) -> Any:
    """Return the connection with a temporary login in place of what asks for one."""
    from airflow.sdk.log import mask_secret

    given = _with_extra(connection, {name: value for name, value in extra.items() if name not in _IAM_EXTRA})
    given.login, given.password, given.port = hook.get_iam_token(connection)
    mask_secret(given.password)
    return given


def _with_extra(connection: Any, extra: Mapping[str, Any]) -> Any:
    given = copy(connection)
    given.extra = json.dumps(extra)
    return given
