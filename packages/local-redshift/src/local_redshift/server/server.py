"""The server: takes connections and gives each a session; holds what sessions share.

Contract: an asyncio server for one event loop. ``Warehouse`` (the PostgreSQL behind it) is started before and
stopped after it.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import ssl
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local_redshift.copy.workers import CopyWorkers
from local_redshift.history.loads import History
from local_redshift.history.queries import QueryLog
from local_redshift.server.connection import Connection
from local_redshift.server.warehouse import Warehouse
from local_redshift.session.error_translation import translator
from local_redshift.session.last_queries import SessionFacts
from local_redshift.session.session import Session
from local_redshift.session.startup import backend_parameters
from local_redshift.settings import Isolation, Settings
from local_redshift.wire import protocol as p
from local_redshift.wire.errors import RedshiftError

log = logging.getLogger(__name__)

#: What Redshift reports: drivers and tools tell it from PostgreSQL by it.
_REDSHIFT_VERSION = "8.0.2"

#: psql chooses the queries behind its backslash commands by the version. They have to fit PostgreSQL's catalog and
#: use nothing that Redshift's SQL lacks: those for 15 and later have STRING_AGG.
_PSQL_VERSION = "14.0"

#: COPYs that read and convert at the same time; further ones take turns.
_COPY_THREADS = 8


class Server:
    """Serves clients in front of a warehouse.

    :param settings: isolation and S3.
    :param warehouse: the running PostgreSQL.
    :param tls: the context for clients that ask for TLS.
    """

    #: What PostgreSQL reports of a session and Redshift does not.
    hidden_parameters = ("search_path", "in_hot_standby", "default_transaction_read_only", "scram_iterations")

    def __init__(self, settings: Settings, warehouse: Warehouse, tls: ssl.SSLContext) -> None:
        self.s3 = settings.s3
        self.lenient = settings.lenient
        self.copy_threads = ThreadPoolExecutor(_COPY_THREADS, thread_name_prefix="copy")
        self.copy_workers = CopyWorkers()
        self.history = History(warehouse.dsn)
        self.queries = QueryLog(warehouse.cluster.data)
        self.tls = tls
        self.tls_mode = settings.tls
        self.translate_error = translator(serializable=settings.isolation is Isolation.SERIALIZABLE)
        self._warehouse = warehouse
        self._query_ids = itertools.count(warehouse.first_query_id)
        self._sessions: dict[int, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Begin to serve.

        :param listener: a socket that already listens.
        """
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: Connection(self).client, sock=listener, backlog=256)

    async def stop(self) -> None:
        """Take no more connections and end all sessions; their transactions are rolled back."""
        if self._listener is not None:
            self._listener.close()
        reason = RedshiftError(sqlstate="57P01", message="terminating connection due to administrator command")
        for session in list(self._sessions.values()):
            session.fail(reason)
        await asyncio.sleep(0)
        self.copy_threads.shutdown(wait=False, cancel_futures=True)
        self.copy_workers.stop()
        self.queries.write()
        await self.history.close()

    def new_facts(self) -> SessionFacts:
        """Return the facts of a new session."""
        return SessionFacts(self._query_ids.__next__)

    def version_for(self, application: str) -> str:
        """Return the server version to report to a client.

        :param application: its application_name.
        """
        return _PSQL_VERSION if application == "psql" else _REDSHIFT_VERSION

    def add_session(self, session: Session) -> None:
        """Note a session that has logged in."""
        self._sessions[session.pid] = session

    def remove_session(self, session: Session) -> None:
        """Forget a session that has ended."""
        if self._sessions.get(session.pid) is session:
            del self._sessions[session.pid]

    async def connect_backend(self, session: Session, parameters: dict[str, str]) -> None:
        """Connect a session to its back end.

        :param session: the session.
        :param parameters: the client's start-up parameters.
        """
        session.shows_catalog = "driver_discovery_version" in parameters
        try:
            chosen = backend_parameters(parameters, self._warehouse.session_defaults, lenient=self.lenient)
            loop = asyncio.get_running_loop()
            await loop.create_unix_connection(lambda: session.backend, str(self._warehouse.socket))
        except p.ProtocolError as error:
            session.fail(RedshiftError(sqlstate="08P01", message=str(error)))
        except RedshiftError as error:
            session.fail(error)
        except OSError as error:
            session.fail(RedshiftError(sqlstate="57P03", message=f"The warehouse does not answer: {error}"))
        else:
            session.start(chosen)

    async def cancel(self, packet: bytes) -> None:
        """Pass a CancelRequest on, and wake the session it names if that feeds a COPY.

        :param packet: the request as the client sent it; PostgreSQL checks its secret.
        """
        reader, writer = await asyncio.open_unix_connection(str(self._warehouse.socket))
        writer.write(packet)
        # PostgreSQL closes the connection when it has sent the signal.
        await reader.read()
        writer.close()
        session = self._sessions.get(p.LENGTH.unpack_from(packet, 8)[0])
        if session is not None and session.secret == packet[12:]:
            session.cancel_requested.set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something of a connection that is not a session yet."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
