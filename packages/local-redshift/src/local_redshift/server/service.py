"""Runs a local Redshift in this process: PostgreSQL first, then the server, until a signal stops it.

uvloop reduces the time that it takes to forward a statement by a quarter, and by a third over TLS.

Contract: ``serve`` blocks, and runs on the main thread. When it returns, nothing that it started is left. If PostgreSQL
dies, it is started again, with everything that was committed.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress

import uvloop

from local_redshift.data_api import DataApi
from local_redshift.exceptions import StartError
from local_redshift.server.server import Server
from local_redshift.server.warehouse import Warehouse
from local_redshift.settings import Settings
from local_redshift.wire.tls import CERTIFICATE, TRUST, TRUST_FOLDER, server_context, write_trust, write_trust_folder

log = logging.getLogger(__name__)

#: The beginning of the line that is printed when clients can connect.
READY = "Redshift is ready on "

_WATCH_INTERVAL = 0.5

#: Seconds after which a thread that converts rows for a COPY lets other sessions be answered.
_SWITCH_INTERVAL = 0.0005

#: Files and sockets that the process may have open.
_FILES = 4096


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT.

    :param settings: what to run.
    :param ready: gets one line when clients can connect.
    :raises StartError: when the address, the folder or the certificate cannot be used.
    :raises PostgresError: when PostgreSQL does not start.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL)
    _allow_files()
    with _listen(settings) as listener:
        warehouse = Warehouse(settings)
        try:
            tls = _start(settings, warehouse)
            uvloop.run(_serve(settings, warehouse, tls, listener, ready))
        finally:
            warehouse.stop()


def _allow_files() -> None:
    """Let the process have two sockets for each session, and those of the clients that log in."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _start(settings: Settings, warehouse: Warehouse) -> ssl.SSLContext:
    """Start PostgreSQL on the folder, which it locks; return what TLS connections are served with."""
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
        warehouse.start()
        return _make_tls(settings)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise StartError(
            f"The folder {settings.folder.absolute()} cannot be used: {error.strerror}{where}. "
            "Make it writable, or choose another with --folder or LOCAL_REDSHIFT_FOLDER."
        ) from error


def _make_tls(settings: Settings) -> ssl.SSLContext:
    try:
        tls = server_context(settings.folder, settings.certificate, settings.key)
    except ssl.SSLError as error:
        raise StartError(
            f"The certificate {settings.certificate or settings.folder / CERTIFICATE} cannot be used with its key: "
            f"{error}. Give PEM files that belong together with --tls-certificate and --tls-key, or neither of them."
        ) from error
    write_trust(settings.certificate or settings.folder / CERTIFICATE, settings.folder / TRUST)
    if settings.certificate is None:
        write_trust_folder(settings.folder / CERTIFICATE, settings.folder / TRUST_FOLDER)
    return tls


def _listen(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=256)
    except OSError as error:
        raise StartError(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}. "
            "Stop what listens there, or choose another port with --port or LOCAL_REDSHIFT_PORT."
        ) from error


async def _serve(
    settings: Settings,
    warehouse: Warehouse,
    tls: ssl.SSLContext,
    listener: socket.socket,
    ready: Callable[[str], None],
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(settings, warehouse, tls)
    await server.start(listener)
    host, port = listener.getsockname()[:2]
    api = _data_api(settings, port)
    ready(f"{READY}{host}:{port}, database {settings.database}, user {settings.user}. Ctrl-C stops it.")
    try:
        await _watch(warehouse, stop)
    finally:
        if api is not None:
            await loop.run_in_executor(None, api.stop)
        await server.stop()


def _data_api(settings: Settings, port: int) -> DataApi | None:
    """Start the Data API if it was asked for, in front of the server's own port."""
    if settings.data_api_port is None:
        return None
    host = "127.0.0.1" if settings.host in ("", "0.0.0.0") else settings.host  # noqa: S104 - compared, not bound
    login = {"dbname": settings.database, "user": settings.user, "password": settings.password}
    try:
        return DataApi(settings.data_api_port, {"host": host, "port": port, **login})
    except OSError as error:
        raise StartError(
            f"Port {settings.data_api_port} cannot be used for the Data API: {error.strerror}. "
            "Choose another with --data-api-port."
        ) from error


async def _watch(warehouse: Warehouse, stop: asyncio.Event) -> None:
    """Wait for the signal to stop; start PostgreSQL again whenever it has died."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _WATCH_INTERVAL)
        if not warehouse.running and not stop.is_set():
            log.error("PostgreSQL has died; starting it again. Its log is %s.", warehouse.cluster.log)
            warehouse.restart()
