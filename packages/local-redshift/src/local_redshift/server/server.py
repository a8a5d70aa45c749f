"""The server: takes connections, and holds what sessions share.

Contract: an asyncio server for one event loop. ``Warehouse`` (the PostgreSQL behind it) is started before and
stopped after it.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

from local_redshift.copy.workers import CopyWorkers
from local_redshift.history.queries import QueryLog
from local_redshift.history.writer import HistoryWriter
from local_redshift.server.connection import Connection
from local_redshift.server.login import KeptPasswords
from local_redshift.server.sessions import Sessions
from local_redshift.server.waiting import WaitingClients
from local_redshift.server.warehouse import Warehouse
from local_redshift.session.context import Services
from local_redshift.session.error_translation import translator
from local_redshift.session.late_binding import LateBindingViews
from local_redshift.session.subquery_indexes import SubqueryIndexes
from local_redshift.settings import Isolation, Settings
from local_redshift.wire.errors import RedshiftError

#: COPYs that read and convert at the same time; further ones take turns.
_COPY_THREADS = 8


class Server:
    """Serves clients in front of a warehouse.

    :param settings: isolation, TLS and S3.
    :param warehouse: the running PostgreSQL.
    :param tls: the context for clients that ask for TLS.
    """

    def __init__(self, settings: Settings, warehouse: Warehouse, tls: ssl.SSLContext) -> None:
        self._copy_threads = ThreadPoolExecutor(_COPY_THREADS, thread_name_prefix="copy")
        self._copy_workers = CopyWorkers()
        self._history = HistoryWriter(warehouse.dsn)
        self._queries = QueryLog(warehouse.cluster.data)
        self._late_binding = LateBindingViews(warehouse.dsn)
        self._subquery_indexes = SubqueryIndexes(warehouse.dsn)
        self._tls = tls
        self._tls_mode = settings.tls
        services = Services(
            s3=settings.s3,
            lenient=settings.lenient,
            history=self._history,
            queries=self._queries,
            copy_threads=self._copy_threads,
            copy_workers=self._copy_workers,
            late_binding=self._late_binding,
            subquery_indexes=self._subquery_indexes,
            next_query_id=itertools.count(warehouse.first_query_id).__next__,
            translate_error=translator(serializable=settings.isolation is Isolation.SERIALIZABLE),
        )
        self._sessions = Sessions(services, warehouse.socket, warehouse.session_defaults)
        self._kept_passwords = KeptPasswords(warehouse.dsn)
        self._waiting = WaitingClients()
        self._listener: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Begin to serve.

        :param listener: a socket that already listens.
        """
        await self._late_binding.load()
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._accept, sock=listener, backlog=256)

    async def stop(self) -> None:
        """Take no more connections and end all sessions; their transactions are rolled back."""
        if self._listener is not None:
            self._listener.close()
        reason = RedshiftError(sqlstate="57P01", message="terminating connection due to administrator command")
        self._sessions.end_all(reason)
        await asyncio.sleep(0)
        self._copy_threads.shutdown(wait=False, cancel_futures=True)
        self._copy_workers.stop()
        self._queries.write()
        await self._history.close()
        await self._late_binding.close()
        await self._subquery_indexes.close()
        await self._kept_passwords.close()

    def _accept(self) -> asyncio.Protocol:
        return Connection(self._sessions, self._kept_passwords, self._waiting, self._tls, self._tls_mode).client
