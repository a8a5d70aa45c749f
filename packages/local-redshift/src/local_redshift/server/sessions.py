"""The sessions of one server: connects each to its back end, and passes cancel requests on.

Contract: a session counts from its login until its back end has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from local_redshift.session.context import Services
from local_redshift.session.error_translation import too_many_connections
from local_redshift.session.session import Session
from local_redshift.session.startup import StartRequest, backend_parameters
from local_redshift.settings import SESSIONS
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import LENGTH
from local_redshift.wire.transport import Peer

#: Cancel requests that are passed on at the same time: each is a process of PostgreSQL.
_CANCELS = 8


class Sessions:
    """All sessions of a server.

    :param services: what they share.
    :param socket: PostgreSQL's socket.
    :param defaults: the settings that each session begins with.
    """

    def __init__(self, services: Services, socket: Path, defaults: Mapping[str, str]) -> None:
        self._services = services
        self._socket = str(socket)
        self._defaults = defaults
        self._sessions: dict[int, Session] = {}
        self._open: set[Session] = set()
        self._cancels = asyncio.Semaphore(_CANCELS)
        self._tasks: set[asyncio.Task[None]] = set()

    def chosen_parameters(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Return the start-up parameters for a back end.

        :param parameters: the client's.
        :raises ProtocolError: when it names no user.
        :raises RedshiftError: when it sets a parameter that Redshift does not have, or sets one to a wrong value.
        """
        return backend_parameters(parameters, self._defaults, lenient=self._services.lenient)

    def open(self, client: Peer, parameters: dict[str, str], kept_password: str, *, shows_catalog: bool) -> Session:
        """Return a new session, which is being connected to its back end.

        :param client: the client's end.
        :param parameters: start-up parameters for the back end.
        :param kept_password: what is kept of the user's password, by which the back end is answered.
        :param shows_catalog: whether the client's driver is told which forms of SHOW it may use.
        :raises RedshiftError: when there are as many sessions as there can be.
        """
        if len(self._open) >= SESSIONS:
            raise too_many_connections()
        session = Session(self._services, client, self._add, self._remove)
        self._open.add(session)
        self.run(self._connect(session, client, StartRequest(parameters, kept_password, shows_catalog)))
        return session

    async def cancel(self, packet: bytes) -> None:
        """Pass a CancelRequest on, and wake the session that it names if a COPY runs there.

        A request that names no session, or has another secret, costs PostgreSQL nothing.

        :param packet: the request as the client sent it.
        :raises OSError: when PostgreSQL cannot be reached.
        """
        session = self._sessions.get(LENGTH.unpack_from(packet, 8)[0]) if len(packet) > 12 else None
        if session is None or not session.has_secret(packet[12:]):
            return
        async with self._cancels:
            reader, writer = await asyncio.open_unix_connection(self._socket)
            writer.write(packet)
            # PostgreSQL closes the connection when it has sent the signal.
            await reader.read()
            writer.close()
        session.request_cancel()

    def end_all(self, reason: RedshiftError) -> None:
        """End all sessions; their transactions are rolled back.

        :param reason: what the clients are told.
        """
        for session in list(self._sessions.values()):
            session.fail(reason)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something for a connection that has no session yet."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, session: Session, client: Peer, request: StartRequest) -> None:
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: session.backend, self._socket)
        except OSError as error:
            self._remove(session)
            session.fail(RedshiftError(sqlstate="57P03", message=f"The warehouse does not answer: {error}"))
            return
        if client.closed:  # in the meantime
            session.backend.abort()
        else:
            session.start(request)

    def _add(self, session: Session) -> None:
        self._sessions[session.pid] = session

    def _remove(self, session: Session) -> None:
        self._open.discard(session)
        if self._sessions.get(session.pid) is session:
            del self._sessions[session.pid]
