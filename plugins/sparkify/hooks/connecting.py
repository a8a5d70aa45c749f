"""Opens connections to the warehouse that end when the other side is gone.

By itself a driver waits forever for an answer that cannot come: from a server that accepts the connection and never
answers, or from one behind a NAT gateway, which drops an idle connection after 350 seconds without notice
(https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html). The extra of the Airflow connection
overrides these defaults; :mod:`sparkify.hooks.connection_extras` checks what it may hold.

Nothing is sent in the clear, or to a server that cannot prove its name, unless the extra asks for it. Both types of
connection use TLS with ``verify-full`` by default, and trust the authorities that come with Amazon's driver:
https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html
For a warehouse with a certificate of its own, set ``sslrootcert`` in the extra of a connection of type ``postgres``.
Amazon's driver has no such parameter, but trusts what the process trusts: for type ``redshift``, set ``SSL_CERT_FILE``
in the environment.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from pathlib import Path
from typing import Any

from tenacity import retry_if_exception

from sparkify.hooks.connection_extras import Extras, check_files, check_source, read
from sparkify.hooks.errors import is_transient
from sparkify.hooks.refused_logins import Login, RefusedLogins

#: Seconds for a connection to be made and answer its first message.
CONNECT_SECONDS = 30
#: An idle connection is probed after the first number of seconds and then at the interval of the second. It ends when
#: the third number of probes in a row stay unanswered: after two minutes in all.
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
    # Without a name the driver searches all loaded modules for the caller, which takes 0.1 s. The name is shown in
    # sys_connection_log.
    "application_name": "sparkify",
    "ssl": True,
    "sslmode": "verify-full",
    "timeout": CONNECT_SECONDS,
    "tcp_keepalive": True,
    "tcp_keepalive_idle": KEEPALIVE_IDLE,
    "tcp_keepalive_interval": KEEPALIVE_INTERVAL,
    "tcp_keepalive_count": KEEPALIVE_COUNT,
}
_DEFAULTS: dict[str, dict[str, Any]] = {"postgres": _POSTGRES_EXTRA, "redshift": _REDSHIFT_EXTRA}
_REFUSED = RefusedLogins()
#: What the extra says about logging in by IAM. It is not passed on to the driver, which would log in by IAM again, with
#: an AWS identity that it finds by itself.
IAM_EXTRA = (
    *("iam", "aws_conn_id", "cluster_identifier", "is_serverless"),
    *("serverless_work_group", "serverless_token_duration_seconds"),
    *("redshift", "redshift-serverless", "cluster-identifier", "workgroup-name"),
)
_FIELDS = ("host", "port", "login", "password", "schema")


def connect(conn_id: str, aws_conn_id: str | None = "aws_default") -> Any:
    """Open a DB-API connection.

    :param conn_id: an Airflow connection of type ``redshift`` or ``postgres``. With ``iam`` in its extra, the login
        uses a temporary password from AWS.
    :param aws_conn_id: the AWS connection that requests this password, unless the extra names another. ``None`` uses
        the credentials of the machine.
    :raises ValueError: when it is missing or of another type, or its extra cannot be used as it is.
    :raises LoginRefusedError: when the warehouse refused its password within the last minutes.
    """
    hook, given, extras = _resolve(conn_id, aws_conn_id)
    if extras.has_iam:
        return _open(hook, given, extras, nullcontext)
    login = Login(f"{given.host}:{given.port}/{given.schema}", str(given.login), str(given.password))
    return _open(hook, given, extras, lambda: _REFUSED.turn(conn_id, login))


def find_login(conn_id: str, aws_conn_id: str | None = "aws_default") -> Any:
    """Return an Airflow connection with host, port, login and password as a driver needs them.

    The parameters and errors are those of :func:`connect`.
    """
    _, given, _ = _resolve(conn_id, aws_conn_id)
    return given


def _resolve(conn_id: str, aws_conn_id: str | None) -> tuple[Any, Any, Extras]:
    """Return the provider's hook, the connection with its login, and its extra."""
    kinds = " or ".join(map(repr, sorted(_DEFAULTS, reverse=True)))
    connection = _find(conn_id, kinds)
    if connection.conn_type not in _DEFAULTS:
        raise ValueError(f"The connection {conn_id!r} is of type {connection.conn_type!r}; give it the type {kinds}.")
    given, extras = _read(conn_id, connection)
    aws_conn_id = extras.options.get("aws_conn_id") or aws_conn_id
    hook = _hook(conn_id, given, aws_conn_id)
    if extras.has_iam:
        _log_in(hook, given, extras, aws_conn_id)
    return hook, given, extras


def shut_down(connection: Any) -> None:
    """Shut down a connection's socket: the driver's own close would wait for a read that is in progress."""
    number = connection._usock.fileno() if hasattr(connection, "_usock") else connection.fileno()
    with socket.socket(fileno=os.dup(number)) as same:
        same.shutdown(socket.SHUT_RDWR)


def authorities() -> str:
    """Return the file with the authorities that sign Redshift's certificates; it comes with Amazon's driver."""
    import redshift_connector

    return str(Path(redshift_connector.__file__).parent / "files" / "redshift-ca-bundle.crt")


def _find(conn_id: str, kinds: str) -> Any:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:  # which Airflow would retry
        raise ValueError(f"There is no Airflow connection {conn_id!r}: create it, with the type {kinds}.") from None


def _read(conn_id: str, connection: Any) -> tuple[Any, Extras]:
    """Return the connection with the fields from its extra, and the extra as the driver expects it."""
    from airflow.sdk.log import mask_secret

    source = os.environ.get(f"AIRFLOW_CONN_{conn_id.upper()}")
    if source:
        check_source(conn_id, source)
    fields = {name: getattr(connection, name) for name in _FIELDS}
    extras = read(conn_id, connection.conn_type, connection.extra, fields)
    given = copy(connection)
    for name, value in extras.fields.items():
        setattr(given, name, value)
    mask_secret({**extras.options, **extras.fields})
    return given, extras


def _hook(conn_id: str, given: Any, aws_conn_id: str | None) -> Any:
    # Imported by name: looking up a hook by its type loads every installed provider.
    if given.conn_type == "postgres":
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        return PostgresHook(postgres_conn_id=conn_id, connection=given)
    from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook

    hook = RedshiftSQLHook(redshift_conn_id=conn_id, aws_conn_id=aws_conn_id)
    hook.conn = given
    return hook


def _log_in(hook: Any, given: Any, extras: Extras, aws_conn_id: str | None) -> None:
    """Give the connection a temporary login."""
    from airflow.sdk.log import mask_secret

    if aws_conn_id is not None:
        _find(aws_conn_id, "'aws'")  # without it the hook would log in as another AWS identity
    asking = copy(given)
    asking.extra = json.dumps({**extras.options, "aws_conn_id": aws_conn_id})
    given.login, given.password, given.port = hook.get_iam_token(asking)
    mask_secret(given.password)


def _open(hook: Any, given: Any, extras: Extras, turn: Callable[[], AbstractContextManager[None]]) -> Any:
    options = {name: value for name, value in extras.options.items() if name not in IAM_EXTRA}
    defaults = dict(_DEFAULTS[given.conn_type])
    if given.conn_type == "postgres":
        check_files(given.conn_id, extras)
        given.extra = json.dumps({"sslrootcert": authorities(), **defaults, **options})
        with turn():
            return hook.get_conn()
    given.extra = json.dumps(defaults | options)
    opened = _retried(type(hook).get_conn, hook, turn)
    if "timeout" not in options:
        # The driver has one timeout, for the socket. If it stayed set, it would end every statement that takes longer.
        opened._usock.settimeout(None)
    return opened


def _retried(get_conn: Any, hook: Any, turn: Callable[[], AbstractContextManager[None]]) -> Any:
    """Retry as the provider's hook does, but only after transient errors.

    The hook itself retries after any error, five times, and five wrong passwords in a row lock a user.
    """
    once, retrying = getattr(get_conn, "__wrapped__", get_conn), getattr(get_conn, "retry", None)

    def open_once() -> Any:
        with turn():
            return once(hook)

    # Older providers do not retry.
    return retrying.copy(retry=retry_if_exception(is_transient))(open_once) if retrying else open_once()
