"""One client's session: a proxy between its connection and a back-end connection of its own.

Contract: owns both connections' ends and the order of what is sent. ``ClientMessages`` decides what a message
means; ``Pipeline`` knows which answer belongs to it. While a script or a COPY runs, the client's further messages
wait here. When either end goes, so does the other, and PostgreSQL rolls back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from local_redshift.history.queries import Client, Recording
from local_redshift.session.client_messages import ClientMessages
from local_redshift.session.pipeline import Pipeline, Sink, Swallow
from local_redshift.statements import Statement
from local_redshift.wire import protocol as p
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.transport import Peer

if TYPE_CHECKING:
    from local_redshift.server.server import Server

log = logging.getLogger(__name__)

#: Bytes of a waiting client that are kept in memory before it is no longer read.
_INBOX_LIMIT = 1 << 20

#: Which forms of SHOW Amazon's drivers may use for their metadata calls: from 5 on, all of ``statements.show``.
_SHOW_DISCOVERY = "5"


class Session:
    """The proxy between one client and its back-end connection.

    :param server: what all sessions share.
    :param client: the client's end.
    """

    def __init__(self, server: Server, client: Peer) -> None:
        self.server = server
        self.client = client
        self.backend = Peer(self._from_backend, self._backend_lost)
        self.client.other, self.backend.other = self.backend, client
        self.pipeline = Pipeline(self._translate_error, server.hidden_parameters)
        self.facts = server.new_facts()
        self.identity = Client()
        self.secret = b""
        self.ready = False
        self.shows_catalog = False
        self.cancel_requested = asyncio.Event()
        self._messages = ClientMessages(self)
        self._inbox = b""
        self._outbox: list[bytes] = []
        self._task: asyncio.Task[None] | None = None

    def start(self, parameters: dict[str, str]) -> None:
        """Begin on a connected back end, which asks the client for the password itself.

        :param parameters: start-up parameters for the back end.
        """
        self.identity.user, self.identity.database = parameters["user"], parameters["database"]
        self.pipeline.expect(p.QUERY, _StartUp(self, parameters.get("application_name", "")))
        self.backend.write(p.startup(parameters))

    def receive(self, data: bytes) -> None:
        """Take bytes of the client."""
        self._inbox = self._inbox + data if self._inbox else data
        if self._task is not None and len(self._inbox) > _INBOX_LIMIT:
            self.client.pause_reading()
        try:
            self._process()
        except p.ProtocolError as error:
            self.fail(RedshiftError(sqlstate="08P01", message=str(error)))

    def fail(self, error: RedshiftError) -> None:
        """Tell the client why its session ends, and end it."""
        self.client.write(p.error(error, severity="FATAL"))
        self.client.close()
        self.backend.close()

    def client_lost(self) -> None:
        """The client is gone: the back end rolls back and ends."""
        if self._task is not None:
            self._task.cancel()
            self.backend.abort()
        else:
            self.backend.close()

    @property
    def pid(self) -> int:
        """The back end's process id, 0 before there is one."""
        return self.identity.pid

    @property
    def database(self) -> str:
        """The database that the client asked for."""
        return self.identity.database

    def send(self, frames: bytes, *expected: tuple[int, Sink | None], recording: Recording | None = None) -> None:
        """Send messages to the back end, at the next ``flush``.

        :param frames: the messages.
        :param expected: kind and sink of each that has an answer, in order.
        :param recording: is told how the messages' statements end.
        """
        for kind, sink in expected:
            self.pipeline.expect(kind, sink, recording)
        self._outbox.append(frames)

    def flush(self) -> None:
        """Let what was sent go out."""
        if self._outbox:
            self.backend.write(self._outbox[0] if len(self._outbox) == 1 else b"".join(self._outbox))
            self._outbox.clear()

    def send_commit(self) -> None:
        """Commit the open transaction out of the client's sight, as TRUNCATE does.

        https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html
        """
        frames, kinds = p.injected(b"redshift_commit", "COMMIT")
        swallow = Swallow()
        self.send(frames, *((kind, swallow) for kind in kinds))

    def number_queries(
        self, statements: Sequence[tuple[Statement, str]], *, ask_facts: bool = False, sync: bool = False
    ) -> Recording | None:
        """Give statements that are about to be sent their query ids; return what records how they end.

        :param statements: the statements, with their texts.
        :param ask_facts: whether they ask about queries before them: then they are told, and not numbered, as
            Redshift does not number what only its leader node runs.
        :param sync: whether a Query follows.
        """
        if not ask_facts:
            numbered = [(self.facts.next_query(), *statement) for statement in statements]
            return Recording(self.server.queries, self.identity, numbered)
        frames, expected = self.facts.hand_over(sync=sync)
        self.send(frames, *expected)
        return None

    def hold(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something while the client's further messages wait.

        :param work: it may use the back-end connection as it likes.
        """
        self.flush()
        self.cancel_requested.clear()
        self._task = asyncio.get_running_loop().create_task(work)
        self._task.add_done_callback(self._release)

    def end(self) -> None:
        """The client has said that it ends."""
        self.send(p.TERMINATE_MESSAGE)
        self.flush()
        self.backend.close()

    def _process(self) -> None:
        """Deal with the whole messages that have come, until one makes the others wait."""
        data, position, size = self._inbox, 0, len(self._inbox)
        unpack = p.LENGTH.unpack_from
        while self._task is None and position + 5 <= size:
            kind, length = data[position], unpack(data, position + 1)[0]
            if not 4 <= length <= p.MESSAGE_LIMIT:
                raise p.ProtocolError(f"A message says that it is {length} bytes long.")
            end = position + 1 + length
            if end > size:
                break
            frame = data[position:end]
            if self.ready:
                self._messages.take(kind, frame)
            elif kind in (p.PASSWORD, p.FLUSH, p.TERMINATE):  # redshift_connector sends Flush
                self.send(frame)
            else:
                raise p.ProtocolError(f"Message of kind {kind} before the login was complete.")
            position = end
        self._inbox = data[position:]
        self.flush()

    def _release(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled() or self.client.closed:
            return
        failure = task.exception()
        if failure is not None:
            log.error("The session of process %s failed.", self.pid, exc_info=failure)
            text = f"Internal error: {failure!r}. See the server's log."
            self.fail(RedshiftError(sqlstate="XX000", message=text))
            return
        self.client.resume_reading()
        self.receive(b"")

    def _from_backend(self, data: bytes) -> None:
        self.client.write(self.pipeline.feed(data))

    def _translate_error(self, frame: bytes) -> bytes:
        return self.server.translate_error(frame, self.facts.last_query_id)

    def _backend_lost(self) -> None:
        self.pipeline.close()
        self.server.remove_session(self)
        if self._task is None:
            self.client.close()
        else:  # what it waits for has ended too; it still has to tell the client why
            self._task.add_done_callback(lambda task: self.client.close())


class _StartUp(Sink):
    """Watches the back end's answers until the first ReadyForQuery."""

    def __init__(self, session: Session, application: str) -> None:
        self._session = session
        self._application = application

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Note the process id and its secret, and show Redshift's version."""
        if kind == p.BACKEND_KEY_DATA:
            self._session.identity.pid = p.LENGTH.unpack_from(frame, 5)[0]
            self._session.secret = frame[9:]
        elif kind == p.READY_FOR_QUERY:
            self._session.ready = True
            self._session.server.add_session(self._session)
            if self._session.shows_catalog:
                return p.parameter_status("show_discovery", _SHOW_DISCOVERY) + frame
        elif kind == p.PARAMETER_STATUS and frame.startswith(b"server_version\0", 5):
            version = self._session.server.version_for(self._application)
            return p.parameter_status("server_version", version)
        return frame
