"""What a client's messages mean: forwarded, rewritten, refused, or work for the server itself.

Contract: called with whole messages of a session that has logged in, one after the other. What the planner does
not change is forwarded as the client's own bytes. A refused statement is sent as one that cannot be parsed, so that
PostgreSQL itself enters the error state; the client gets this server's error instead of PostgreSQL's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from local_redshift.expression_types import RedshiftType
from local_redshift.history.queries import LateRecording, Recording
from local_redshift.session.answers import ChangeDescription, ChangeError, ReplaceError, ReplaceTag
from local_redshift.session.backend import FAILING, Expected
from local_redshift.session.context import SessionContext
from local_redshift.session.cursors import Cursors
from local_redshift.session.plans import Plan, plan
from local_redshift.session.recording import begin_recording, send_last_queries
from local_redshift.session.resolution import Resolved, known, resolve
from local_redshift.session.s3_statements import S3_KINDS, run_s3_statement
from local_redshift.session.script import run_script
from local_redshift.session.view_binding import bind_views
from local_redshift.statements import Statement, StatementKind
from local_redshift.typed_sql.results import described
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ClientMessage, ProtocolError, c_strings, decode

log = logging.getLogger(__name__)

#: Forwarded as they are; what PostgreSQL answers is the client's.
_FORWARDED = (ClientMessage.CLOSE, ClientMessage.SYNC)

#: What is expected of messages whose answers are the client's.
_QUERY: Final[Expected] = (ClientMessage.QUERY, None)
_PARSE: Final[Expected] = (ClientMessage.PARSE, None)
_BIND: Final[Expected] = (ClientMessage.BIND, None)
_EXECUTE: Final[Expected] = (ClientMessage.EXECUTE, None)

#: Outside of a COPY, which clients cannot start, these mean nothing; PostgreSQL ignores them too.
_IGNORED = (ClientMessage.COPY_DATA, ClientMessage.COPY_DONE, ClientMessage.COPY_FAIL)


class MessageHandler:
    """Handles the messages of one session.

    :param context: the session.
    :param hold: runs something while the client's further messages wait.
    :param end: called when the client has said that it ends.
    """

    def __init__(
        self,
        context: SessionContext,
        hold: Callable[[Coroutine[Any, Any, None]], None],
        end: Callable[[], None],
    ) -> None:
        self._context = context
        self._backend = context.backend
        self._lenient = context.services.lenient
        self._hold = hold
        self._cursors = Cursors()
        self._statements: dict[bytes, Resolved] = {}
        self._portals: dict[bytes, Resolved] = {}
        self._handlers: dict[int, Callable[[bytes], None]] = {
            ClientMessage.QUERY: self._query,
            ClientMessage.PARSE: self._parse,
            ClientMessage.BIND: self._bind,
            ClientMessage.DESCRIBE: self._describe,
            ClientMessage.EXECUTE: self._execute,
            ClientMessage.FLUSH: self._backend.send,
            ClientMessage.FUNCTION_CALL: self._function_call,
            ClientMessage.TERMINATE: lambda message: end(),
            **{code: self._forward(code) for code in _FORWARDED},
            **dict.fromkeys(_IGNORED, lambda message: None),
        }

    def handle(self, code: int, message: bytes) -> None:
        """Handle one message.

        :param code: its code.
        :param message: the whole of it.
        :raises ProtocolError: when there is no such message.
        """
        handler = self._handlers.get(code)
        if handler is None:
            raise ProtocolError(f"There is no message of kind {code}.")
        handler(message)

    def _forward(self, code: ClientMessage) -> Callable[[bytes], None]:
        backend, expected = self._backend, (code, None)
        return lambda message: backend.send(message, expected)

    def _query(self, message: bytes) -> None:
        try:
            planned = plan(decode(message[5:-1]), lenient=self._lenient)
        except RedshiftError as error:
            self._refuse(error)
            return
        self._warn(planned)
        needs_types, is_script = planned.needs_types, len(planned.statements) > 1
        is_stepwise = planned.forward is None or planned.needs_names or (needs_types and is_script)
        if self._needs_binding(planned) or is_stepwise:
            self._hold(run_script(self._context, planned))
        elif needs_types:
            resolved = known(self._context, planned)
            if resolved is None:
                self._hold(self._query_resolved(planned))
            else:
                self._send_query(resolved.plan, resolved.columns)
        elif columns := self._cursors.fetched(planned):
            self._send_query(planned, columns)
        elif planned.unchanged:
            self._backend.send(message, _QUERY, recording=self._begin_recording(planned, before_query=True))
        else:
            self._send_query(planned)

    async def _query_resolved(self, planned: Plan) -> None:
        resolved = await resolve(self._context, planned)
        ready = self._backend.synchronize()
        if resolved.error is None:
            self._send_query(resolved.plan, resolved.columns)
            return
        await ready.done.wait()
        begin_recording(self._context, planned.texts).failed(resolved.error)
        self._context.client.write(resolved.error + ready.message)

    def _send_query(self, planned: Plan, columns: Sequence[RedshiftType] = ()) -> None:
        """Send the text of a Query.

        :param planned: the text.
        :param columns: the types of the result's columns; empty when PostgreSQL's description is right.
        """
        recording = self._begin_recording(planned, before_query=True)
        self._cursors.declare(planned, columns)
        expected = (ClientMessage.QUERY, _handler(planned, columns))
        self._backend.send(client_messages.query(planned.forward or ""), expected, recording=recording)

    def _parse(self, message: bytes) -> None:
        (name, sql), end = c_strings(message, 2)
        try:
            planned = plan(decode(sql), single=True, lenient=self._lenient)
        except RedshiftError as error:
            replaced = ReplaceError(server_messages.error(error))
            self._backend.send(client_messages.parse(FAILING, name), (ClientMessage.PARSE, replaced))
            return
        self._warn(planned)
        types, needs_binding = message[end:], self._needs_binding(planned)
        if needs_binding or planned.needs_names or planned.needs_types:
            resolved = None if needs_binding else known(self._context, planned, types)
            if resolved is None:
                self._hold(self._parse_resolved(planned, name, types))
                return
            planned = resolved.plan
            self._statements[name] = resolved
        else:
            self._statements[name] = Resolved(planned, tuple(self._cursors.fetched(planned)))
        self._send_parse(planned, name, types, message)

    async def _parse_resolved(self, planned: Plan, name: bytes, types: bytes) -> None:
        error = await bind_views(self._context, planned.statements[0].original)
        resolved = await resolve(self._context, planned, types=types) if error is None else Resolved(planned, (), error)
        if resolved.error is not None:
            self._statements.pop(name, None)
            LateRecording(lambda: begin_recording(self._context, planned.texts)).failed(resolved.error)
            self._context.client.write(resolved.error)
            return
        self._statements[name] = resolved
        self._send_parse(resolved.plan, name, types)

    def _send_parse(self, planned: Plan, name: bytes, types: bytes, message: bytes | None = None) -> None:
        recording = LateRecording(lambda: begin_recording(self._context, planned.texts))
        if planned.unchanged and message is not None:
            self._backend.send(message, _PARSE, recording=recording)
            return
        sent = client_messages.parse(planned.text_to_parse, name, types)
        moved = ChangeError(planned.move_position)
        self._backend.send(sent, (ClientMessage.PARSE, moved), recording=recording)

    def _bind(self, message: bytes) -> None:
        (portal, name), _ = c_strings(message, 2)
        if name in self._statements:
            self._portals[portal] = self._statements[name]
        else:  # of SQL's PREPARE, or one that does not exist
            self._portals.pop(portal, None)
        self._backend.send(message, _BIND)

    def _describe(self, message: bytes) -> None:
        (name,), _ = c_strings(message, 1, start=6)
        is_portal = message[5:6] == b"P"
        resolved = (self._portals if is_portal else self._statements).get(name)
        columns = resolved.columns if resolved is not None else ()
        if resolved is None and is_portal:
            columns = tuple(self._cursors.columns(decode(name)))
        handler = ChangeDescription(_unchanged, lambda row: described(row, columns)) if columns else None
        self._backend.send(message, (ClientMessage.DESCRIBE, handler))

    def _execute(self, message: bytes) -> None:
        (portal,), _ = c_strings(message, 1)
        resolved = self._portals.get(portal)
        if resolved is None:
            self._backend.send(message, _EXECUTE)
        elif resolved.plan.forward is None:
            self._execute_own(message, resolved.plan)
        else:
            recording = self._begin_recording(resolved.plan)
            self._cursors.declare(resolved.plan, resolved.columns)
            self._backend.send(message, _EXECUTE, recording=recording)

    def _execute_own(self, message: bytes, planned: Plan) -> None:
        """Execute a statement that the server runs itself, or whose answer it changes."""
        statement = planned.statements[0]
        recording = begin_recording(self._context, planned.texts)
        if statement.kind in S3_KINDS:
            self._hold(self._run(statement, recording))
        elif statement.kind is StatementKind.TRUNCATE:
            self._backend.send(message, _EXECUTE, recording=recording)
            self._backend.commit()
        else:
            tagged = ReplaceTag(statement.tag or "")
            self._backend.send(message, (ClientMessage.EXECUTE, tagged), recording=recording)

    async def _run(self, statement: Statement, recording: Recording) -> None:
        self._context.client.write(await run_s3_statement(self._context, statement, recording))

    def _function_call(self, message: bytes) -> None:
        text = "The function-call message is not supported. Call the function in a SELECT."
        self._refuse(RedshiftError(sqlstate="0A000", message=text))

    def _begin_recording(self, planned: Plan, *, before_query: bool = False) -> Recording | None:
        """Prepare what a statement reads of the session's past, and record how it ends if it gets a query id."""
        if planned.asks_history:
            self._context.services.queries.write()
        if planned.asks_last_queries:
            send_last_queries(self._context, before_query=before_query)
            return None
        return begin_recording(self._context, planned.texts)

    def _needs_binding(self, planned: Plan) -> bool:
        """Return whether the statements may read late-binding views; learn from those that create some."""
        names, needs = self._context.services.late_binding.names, False
        for statement in planned.statements:
            names.follow(statement.original)
            needs = names.use_of(statement.original) is not None or needs
        return needs

    def _warn(self, planned: Plan) -> None:
        """Tell the client and the log what Redshift would have refused."""
        for warning in planned.warnings:
            log.warning("Redshift would refuse a statement: %s %s", warning.message, warning.hint or "")
            text = f"Amazon Redshift would refuse this: {warning.message}"
            self._context.client.write(server_messages.notice("WARNING", text, warning.hint))

    def _refuse(self, error: RedshiftError) -> None:
        replaced = ReplaceError(server_messages.error(error))
        self._backend.send(client_messages.query(FAILING), (ClientMessage.QUERY, replaced))


def _handler(planned: Plan, columns: Sequence[RedshiftType]) -> ChangeError:
    """Return what takes the answers to a Query."""
    if not columns:
        return ChangeError(planned.move_position)
    return ChangeDescription(planned.move_position, lambda message: described(message, columns))


def _unchanged(message: bytes) -> bytes:
    return message
