"""One client's session: a proxy between its connection and a back-end connection of its own.

Contract: owns both connections' ends. ``MessageHandler`` decides what a message means; ``Pipeline`` knows which answer
belongs to it. While a script or a COPY runs, the client's further messages wait here. When either end goes, so does the
other, and PostgreSQL rolls back.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from local_redshift.session.backend import BackEnd
from local_redshift.session.context import Services, SessionContext
from local_redshift.session.last_queries import LastQueries
from local_redshift.session.message_handler import MessageHandler
from local_redshift.session.startup import StartRequest, StartUp
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.inbox import Inbox
from local_redshift.wire.protocol import ClientMessage, ProtocolError
from local_redshift.wire.transport import Peer

log = logging.getLogger(__name__)

#: Bytes of a waiting client that are kept in memory; beyond them the client is not read.
_INBOX_LIMIT = 1 << 20


class Session:
    """The proxy between one client and its back-end connection.

    :param services: what all sessions share.
    :param client: the client's end.
    :param started: called when the back end is ready.
    :param ended: called when the back end has ended.
    """

    def __init__(
        self,
        services: Services,
        client: Peer,
        started: Callable[[Session], None],
        ended: Callable[[Session], None],
    ) -> None:
        self._client = client
        self._started = started
        self._ended = ended
        self._last_queries = LastQueries(services.next_query_id)
        self._translate = services.translate_error
        self._backend = BackEnd(client, self._translate_error, self._backend_lost)
        self._context = SessionContext(services, client, self._backend, self._last_queries)
        self._messages = MessageHandler(self._context, self._hold, self._end)
        self._secret = b""
        self._ready = False
        self._inbox = Inbox()
        self._task: asyncio.Task[None] | None = None

    @property
    def backend(self) -> Peer:
        """The end of the back-end connection; the caller connects it."""
        return self._backend.peer

    @property
    def ready(self) -> bool:
        """Whether the back end is ready for the client."""
        return self._ready

    @property
    def pid(self) -> int:
        """The back end's process id, 0 before there is one."""
        return self._context.info.pid

    def start(self, request: StartRequest) -> None:
        """Begin on a connected back end.

        :param request: what it is started with.
        """
        info = self._context.info
        info.user, info.database = request.parameters["user"], request.parameters["database"]
        self._backend.begin(request.parameters, StartUp(request, self.backend.write, self._logged_in))

    def has_secret(self, secret: bytes) -> bool:
        """Return whether a cancel request has this session's secret.

        :param secret: the request's.
        """
        return hmac.compare_digest(secret, self._secret)

    def receive(self, data: bytes) -> None:
        """Take bytes of the client."""
        self._inbox.add(data)
        if self._task is not None and len(self._inbox) > _INBOX_LIMIT:
            self._client.pause_reading()
        try:
            self._process()
        except ProtocolError as error:
            self.fail(RedshiftError(sqlstate="08P01", message=str(error)))

    def fail(self, error: RedshiftError) -> None:
        """Tell the client why its session ends, and end it."""
        self._client.write(server_messages.error(error, severity="FATAL"))
        self._client.close()
        self.backend.close()

    def client_lost(self) -> None:
        """The client is gone: the back end rolls back and ends."""
        if self._task is not None:
            self._task.cancel()
            self.backend.abort()
        else:
            self.backend.close()

    def request_cancel(self) -> None:
        """Stop the COPY that this session feeds, if it does."""
        self._context.cancel_requested.set()

    def _process(self) -> None:
        """Handle the whole messages that have come, until one makes the others wait."""
        while self._task is None and (message := self._inbox.next()) is not None:
            code = message[0]
            if not self._ready:
                self._process_early(code)
            elif len(message) == 1:
                self._messages.refuse_size(code, self._inbox.refused_size)
            else:
                self._messages.handle(code, message)
        self._backend.flush()

    def _process_early(self, code: int) -> None:
        """Handle a message that comes while the back end starts, which takes none yet but answers to its questions."""
        if code == ClientMessage.TERMINATE:
            self._client.close()
            self.backend.close()
        elif code != ClientMessage.FLUSH:  # which redshift_connector sends after the password
            raise ProtocolError(f"Message of kind {code} before the login was complete.")

    def _logged_in(self, pid: int, secret: bytes) -> None:
        self._context.info.pid = pid
        self._secret = secret
        self._ready = True
        self._started(self)

    def _hold(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that uses the back end while the client's further messages wait."""
        self._backend.flush()
        self._context.cancel_requested.clear()
        self._task = asyncio.get_running_loop().create_task(work)
        self._task.add_done_callback(self._release)

    def _release(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled() or self._client.closed:
            return
        failure = task.exception()
        if failure is not None:
            log.error("The session of process %s failed.", self.pid, exc_info=failure)
            text = f"Internal error: {failure!r}. See the server's log."
            self.fail(RedshiftError(sqlstate="XX000", message=text))
            return
        self._client.resume_reading()
        self.receive(b"")

    def _end(self) -> None:
        """The client has said that it ends."""
        self._backend.send(client_messages.TERMINATE)
        self._backend.flush()
        self.backend.close()

    def _translate_error(self, message: bytes) -> bytes:
        return self._translate(message, self._last_queries.query_id)

    def _backend_lost(self) -> None:
        self._ended(self)
        if self._task is None:
            self._client.close()
        else:  # what it waits for has ended too; it still has to tell the client why
            self._task.add_done_callback(lambda task: self._client.close())
