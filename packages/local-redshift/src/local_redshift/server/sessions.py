"""The sessions of one server: connects each to its back end, and passes cancel requests on.

Contract: a session is in the list from its login until its back end has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from local_redshift.session.context import Services
from local_redshift.session.session import Session
from local_redshift.session.startup import backend_parameters
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import LENGTH, ProtocolError
from local_redshift.wire.transport import Peer


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
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, client: Peer, parameters: dict[str, str]) -> Session:
        """Return a new session, which is being connected to its back end.

        :param client: the client's end.
        :param parameters: the client's start-up parameters.
        """
        session = Session(self._services, client, self._add, self._remove)
        self.run(self._connect(session, parameters))
        return session

    async def cancel(self, packet: bytes) -> None:
        """Pass a CancelRequest on, and wake the session that it names if a COPY runs there.

        :param packet: the request as the client sent it; PostgreSQL checks its secret.
        :raises OSError: when PostgreSQL cannot be reached.
        """
        reader, writer = await asyncio.open_unix_connection(self._socket)
        writer.write(packet)
        # PostgreSQL closes the connection when it has sent the signal.
        await reader.read()
        writer.close()
        session = self._sessions.get(LENGTH.unpack_from(packet, 8)[0])
        if session is not None:
            session.request_cancel(packet[12:])

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

    async def _connect(self, session: Session, parameters: dict[str, str]) -> None:
        try:
            chosen = backend_parameters(parameters, self._defaults, lenient=self._services.lenient)
            loop = asyncio.get_running_loop()
            await loop.create_unix_connection(lambda: session.backend, self._socket)
        except ProtocolError as error:
            session.fail(RedshiftError(sqlstate="08P01", message=str(error)))
        except RedshiftError as error:
            session.fail(error)
        except OSError as error:
            session.fail(RedshiftError(sqlstate="57P03", message=f"The warehouse does not answer: {error}"))
        else:
            session.start(chosen, shows_catalog="driver_discovery_version" in parameters)

    def _add(self, session: Session) -> None:
        self._sessions[session.pid] = session

    def _remove(self, session: Session) -> None:
        if self._sessions.get(session.pid) is session:
            del self._sessions[session.pid]
