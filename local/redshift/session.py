"""One client's session: its messages, in order, to a back-end connection of its own.

Contract: what the planner lets pass is forwarded as the client's own bytes. Everything else is done on the same
back-end connection with messages of the extended protocol that the server injects, so that the transaction, the
error state and the order of answers stay PostgreSQL's own. While a COPY runs, the client's further messages wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from local.redshift import protocol as p
from local.redshift.copy_runner import CopyRunner
from local.redshift.errors import RedshiftError
from local.redshift.pipeline import Pipeline, ReplaceError, Retag, Sink, Swallow, Translate
from local.redshift.plans import Plan, plan
from local.redshift.script import STAND_IN, run_script
from local.redshift.statements import Statement, StatementKind
from local.redshift.transport import Peer

if TYPE_CHECKING:
    from local.redshift.server import Server

log = logging.getLogger(__name__)

#: Fails to parse, so that PostgreSQL goes into the error state that a refused statement has to cause.
_FAILING = "refused"

#: Messages of a held client that are kept in memory before it is no longer read.
_INBOX_LIMIT = 1 << 20


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
        self.pid = 0
        self.secret = b""
        self.cancel_requested = asyncio.Event()
        self.facts = server.new_facts()
        self._inbox = b""
        self._outbox: list[bytes] = []
        self.ready = False
        self._task: asyncio.Task[None] | None = None
        self._statements: dict[bytes, Plan] = {}
        self._portals: dict[bytes, Plan] = {}
        self._handlers: dict[int, Callable[[bytes], None]] = {
            p.QUERY: self._on_query,
            p.PARSE: self._on_parse,
            p.BIND: self._on_bind,
            p.EXECUTE: self._on_execute,
            p.DESCRIBE: lambda frame: self.send(frame, (p.DESCRIBE, None)),
            p.CLOSE: lambda frame: self.send(frame, (p.CLOSE, None)),
            p.SYNC: lambda frame: self.send(frame, (p.SYNC, None)),
            p.FLUSH: self.send,
            p.FUNCTION_CALL: self._on_function_call,
            p.TERMINATE: self._on_terminate,
            # Outside of a COPY, which clients cannot start, these mean nothing; PostgreSQL ignores them too.
            p.COPY_DATA: lambda frame: None,
            p.COPY_DONE: lambda frame: None,
            p.COPY_FAIL: lambda frame: None,
        }

    # The client's side.

    def receive(self, data: bytes) -> None:
        """Take bytes of the client."""
        self._inbox = self._inbox + data if self._inbox else data
        if self._task is not None and len(self._inbox) > _INBOX_LIMIT:
            self.client.pause_reading()
        try:
            self._process()
        except p.ProtocolError as error:
            self.fail(RedshiftError(sqlstate="08P01", message=str(error)))

    def client_lost(self) -> None:
        """The client is gone: the back end rolls back and ends."""
        if self._task is not None:
            self._task.cancel()
        if not self.backend.closed:
            self.backend.abort() if self._task is not None else self.backend.close()

    def fail(self, error: RedshiftError) -> None:
        """Tell the client why its session ends, and end it."""
        self.client.write(p.error(error, severity="FATAL"))
        self.client.close()
        self.backend.close()

    def start(self, parameters: dict[str, str]) -> None:
        """Begin on a connected back end: it asks the client for the password itself.

        :param parameters: start-up parameters for the back end.
        """
        self.pipeline.expect(p.QUERY, _StartUp(self, parameters.get("application_name", "")))
        self.backend.write(p.startup(parameters))

    def started(self) -> None:
        """The back end is ready for the first message."""
        self.ready = True
        self.server.add_session(self)

    # What the runners of scripts and COPYs use.

    def send(self, frames: bytes, *expected: tuple[int, Sink | None]) -> None:
        """Send messages to the back end.

        :param frames: the messages.
        :param expected: kind and sink of each that has an answer, in order.
        """
        for kind, sink in expected:
            self.pipeline.expect(kind, sink)
        self._outbox.append(frames)

    def flush(self) -> None:
        """Let what was sent go out."""
        if self._outbox:
            self.backend.write(self._outbox[0] if len(self._outbox) == 1 else b"".join(self._outbox))
            self._outbox.clear()

    # The messages.

    def _process(self) -> None:
        data, position, size = self._inbox, 0, len(self._inbox)
        handlers, unpack = self._handlers, p.LENGTH.unpack_from
        while self._task is None and position + 5 <= size:
            kind, length = data[position], unpack(data, position + 1)[0]
            if not 4 <= length <= p.MESSAGE_LIMIT or (kind not in handlers and kind != p.PASSWORD):
                raise p.ProtocolError(f"Message of unknown kind {kind} or length {length}.")
            end = position + 1 + length
            if end > size:
                break
            frame = data[position:end]
            if self.ready:
                if kind == p.PASSWORD:
                    raise p.ProtocolError("A password was sent after the session had begun.")
                handlers[kind](frame)
            elif kind in (p.PASSWORD, p.TERMINATE):
                self.send(frame)
            else:
                break
            position = end
        self._inbox = data[position:]
        self.flush()

    def _on_query(self, frame: bytes) -> None:
        try:
            planned = plan(p.decode(frame[5:-1]))
        except RedshiftError as error:
            self.send(p.query(_FAILING), (p.QUERY, ReplaceError(p.error(error))))
            return
        if planned.asks_facts:
            frames, expected = self.facts.hand_over(sync=True)
            self.send(frames, *expected)
        else:
            self.facts.count_queries(len(planned.statements))
        if planned.unchanged:
            self.send(frame, (p.QUERY, None))
        elif planned.forward is not None:
            self.send(p.query(planned.forward), (p.QUERY, Translate(planned.move_position)))
        else:
            self._hold(run_script(self, planned))

    def _on_parse(self, frame: bytes) -> None:
        (name, sql), end = p.c_strings(frame, 2)
        try:
            planned = plan(p.decode(sql), single=True)
        except RedshiftError as error:
            self.send(p.parse(_FAILING, name), (p.PARSE, ReplaceError(p.error(error))))
            return
        self._remember(name, planned)
        if planned.unchanged:
            self.send(frame, (p.PARSE, None))
        elif planned.forward is not None:
            sent = p.parse(planned.forward, name, frame[end:])
            self.send(sent, (p.PARSE, Translate(planned.move_position)))
        else:
            kind = planned.statements[0].kind
            text = planned.statements[0].sql if kind is StatementKind.TRUNCATE else STAND_IN
            self.send(p.parse(text, name, frame[end:]), (p.PARSE, None))

    def _remember(self, name: bytes, planned: Plan) -> None:
        if planned.forward is None or planned.asks_facts:
            self._statements[name] = planned
        else:
            self._statements.pop(name, None)

    def _on_bind(self, frame: bytes) -> None:
        if self._statements or self._portals:
            (portal, name), _ = p.c_strings(frame, 2)
            if name in self._statements:
                self._portals[portal] = self._statements[name]
            else:
                self._portals.pop(portal, None)
        self.send(frame, (p.BIND, None))

    def _on_execute(self, frame: bytes) -> None:
        planned = None
        if self._portals:
            (portal,), _ = p.c_strings(frame, 1)
            planned = self._portals.get(portal)
        if planned is None:
            self.facts.count_queries(1)
            self.send(frame, (p.EXECUTE, None))
        elif planned.asks_facts:
            frames, expected = self.facts.hand_over(sync=False)
            self.send(frames, *expected)
            self.send(frame, (p.EXECUTE, None))
        else:
            self._execute_special(frame, planned.statements[0])

    def _execute_special(self, frame: bytes, statement: Statement) -> None:
        self.facts.count_queries(1)
        if statement.kind is StatementKind.COPY:
            self._hold(self._execute_copy(statement))
        elif statement.kind is StatementKind.TRUNCATE:
            self.send(frame, (p.EXECUTE, None))
            self.send_commit()
        else:
            self.send(frame, (p.EXECUTE, Retag(statement.tag or "")))

    def send_commit(self) -> None:
        """Commit the open transaction out of the client's sight, as TRUNCATE does.

        https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html
        """
        frames, kinds = p.injected(b"redshift_commit", "COMMIT")
        swallow = Swallow()
        self.send(frames, *((kind, swallow) for kind in kinds))

    async def _execute_copy(self, statement: Statement) -> None:
        self.client.write(await CopyRunner(self, statement).run())

    def _on_function_call(self, frame: bytes) -> None:
        error = RedshiftError(sqlstate="0A000", message="The function-call message is not supported. Use SELECT.")
        self.send(p.query(_FAILING), (p.QUERY, ReplaceError(p.error(error))))

    def _on_terminate(self, frame: bytes) -> None:
        self.send(frame)
        self.flush()
        self.backend.close()

    # Work during which the client waits.

    def _hold(self, work: Coroutine[Any, Any, None]) -> None:
        self.flush()
        self.cancel_requested.clear()
        self._task = asyncio.get_running_loop().create_task(work)
        self._task.add_done_callback(self._release)

    def _release(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled() or self.client.closed:
            return
        failure = task.exception()
        if failure is not None:
            log.error("The session of process %s failed.", self.pid, exc_info=failure)
            self.fail(
                RedshiftError(sqlstate="XX000", message=f"Internal error: {failure!r}. See the server's log.")
            )
            return
        self.client.resume_reading()
        self.receive(b"")

    # The back end's side.

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
        """Note the process id, and show Redshift's version."""
        if kind == p.BACKEND_KEY_DATA:
            self._session.pid = p.LENGTH.unpack_from(frame, 5)[0]
            self._session.secret = frame[9:]
        elif kind == p.READY_FOR_QUERY:
            self._session.started()
        elif kind == p.PARAMETER_STATUS and frame.startswith(b"server_version\0", 5):
            return p.parameter_status("server_version", self._session.server.version_for(self._application))
        return frame
