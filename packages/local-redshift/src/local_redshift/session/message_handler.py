"""What a client's messages mean: forwarded, rewritten, refused, or work for the server itself.

Contract: called with whole messages of a session that has logged in, one after the other. What the planner does
not change is forwarded as the client's own bytes. A refused statement is sent as one that cannot be parsed, so that
PostgreSQL itself enters the error state; the client gets this server's error instead of PostgreSQL's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from local_redshift.history.queries import LateRecording, Recording
from local_redshift.session.answers import ChangeError, ReplaceError, ReplaceTag
from local_redshift.session.backend import FAILING, Expected
from local_redshift.session.context import SessionContext
from local_redshift.session.made_relations import resolve
from local_redshift.session.planning import FailedTransactionError, plan_at_once, plan_on_thread
from local_redshift.session.plans import Plan
from local_redshift.session.recording import begin_recording, send_last_queries
from local_redshift.session.s3_statements import S3_KINDS, run_s3_statement
from local_redshift.session.script import run_script
from local_redshift.session.view_binding import bind_views
from local_redshift.statements import Statement, StatementKind
from local_redshift.statements.tokens.effort import require_size
from local_redshift.statements.tokens.errors import internal_error
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ClientMessage, ProtocolError, c_strings, decode

log = logging.getLogger(__name__)

#: Forwarded as they are; what PostgreSQL answers is the client's.
_FORWARDED = (ClientMessage.DESCRIBE, ClientMessage.CLOSE, ClientMessage.SYNC)

#: The prepared statement that never comes into being.
_FAILED = b"redshift_failed"

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
        self._statements: dict[bytes, Plan] = {}
        self._portals: dict[bytes, Plan] = {}
        self._handlers: dict[int, Callable[[bytes], None]] = {
            ClientMessage.QUERY: self._query,
            ClientMessage.PARSE: self._parse,
            ClientMessage.BIND: self._bind,
            ClientMessage.EXECUTE: self._execute,
            ClientMessage.FLUSH: self._backend.send,
            ClientMessage.FUNCTION_CALL: self._function_call,
            ClientMessage.TERMINATE: lambda message: end(),
            **{code: self._forward(code) for code in _FORWARDED},
            **dict.fromkeys(_IGNORED, lambda message: None),
        }

    def handle(self, code: int, message: bytes) -> None:
        """Handle one message. Whatever goes wrong within the server is an error of the statement.

        :param code: its code.
        :param message: the whole of it.
        :raises ProtocolError: when there is no such message.
        """
        handler = self._handlers.get(code)
        if handler is None:
            raise ProtocolError(f"There is no message of kind {code}.")
        try:
            handler(message)
        except ProtocolError as error:
            self._refuse(RedshiftError("08P01", str(error)), is_query=code == ClientMessage.QUERY)
        except Exception as error:
            log.exception("A message of kind %s failed in the server.", code)
            self._refuse(internal_error(error), is_query=code == ClientMessage.QUERY)

    def refuse_size(self, code: int, size: int) -> None:
        """Refuse a statement that was not read, because it is too long.

        :param code: Query or Parse.
        :param size: its bytes.
        """
        try:
            require_size(size)
        except RedshiftError as error:
            self._refuse(error, is_query=code == ClientMessage.QUERY)

    def _forward(self, code: ClientMessage) -> Callable[[bytes], None]:
        backend, expected = self._backend, (code, None)
        return lambda message: backend.send(message, expected)

    def _query(self, message: bytes) -> None:
        (text,), end = c_strings(message, 1)
        if end < len(message):
            raise ProtocolError("A text in a message has a zero byte in it.")
        sql = decode(text)
        try:
            planned = plan_at_once(sql, single=False, lenient=self._lenient)
        except RedshiftError as error:
            self._refuse(error)
            return
        if planned is None:
            self._hold_guarded(lambda: self._query_later(message, sql), is_query=True)
        elif self._is_script(planned):
            self._hold_guarded(lambda: run_script(self._context, planned), is_query=True)
        elif planned.is_correlated:
            self._hold_guarded(lambda: self._query_indexed(message, planned), is_query=True)
        else:
            self._send_query(message, planned)

    async def _query_indexed(self, message: bytes, planned: Plan) -> None:
        """Run a text whose subqueries may look rows up."""
        for statement in planned.statements:
            if statement.is_correlated:
                await self._context.services.subquery_indexes.prepare(self._backend, statement.sql, is_query=True)
        self._send_query(message, planned)

    async def _query_later(self, message: bytes, sql: str) -> None:
        """Run a text that takes long to plan."""
        planned = await plan_on_thread(self._backend, sql, single=False, lenient=self._lenient)
        if self._is_script(planned):
            await run_script(self._context, planned)
        else:
            await self._query_indexed(message, planned)

    def _is_script(self, planned: Plan) -> bool:
        """Whether a text is run statement by statement; warn of what Redshift would refuse in it."""
        self._warn(planned)
        return self._needs_binding(planned) or planned.forward is None or planned.needs_resolution

    def _send_query(self, message: bytes, planned: Plan) -> None:
        recording = self._begin_recording(planned, before_query=True)
        if planned.unchanged:
            self._backend.send(message, _QUERY, recording=recording)
        else:
            moved = ChangeError(planned.move_position)
            sent = client_messages.query(planned.forward or "")
            self._backend.send(sent, (ClientMessage.QUERY, moved), recording=recording)

    def _parse(self, message: bytes) -> None:
        (name, sql), end = c_strings(message, 2)
        try:
            planned = plan_at_once(decode(sql), single=True, lenient=self._lenient)
        except RedshiftError as error:
            self._refuse(error, is_query=False, name=name)
            return
        if planned is None:
            self._hold_guarded(lambda: self._parse_later(message, name, sql, end), is_query=False)
        elif self._is_resolved_first(name, planned):
            self._hold_guarded(lambda: self._parse_resolved(planned, name, message[end:]), is_query=False)
        else:
            self._send_parse(message, planned, name, end)

    async def _parse_later(self, message: bytes, name: bytes, sql: bytes, end: int) -> None:
        """Prepare a text that takes long to plan."""
        planned = await plan_on_thread(self._backend, decode(sql), single=True, lenient=self._lenient)
        if self._is_resolved_first(name, planned):
            await self._parse_resolved(planned, name, message[end:])
        else:
            self._send_parse(message, planned, name, end)

    def _is_resolved_first(self, name: bytes, planned: Plan) -> bool:
        """Remember a prepared statement; return whether names in it have to be looked up before it can be sent."""
        self._warn(planned)
        self._statements[name] = planned
        return self._needs_binding(planned) or planned.needs_resolution or planned.is_correlated

    def _send_parse(self, message: bytes, planned: Plan, name: bytes, end: int) -> None:
        recording = LateRecording(lambda: begin_recording(self._context, planned.texts))
        if planned.unchanged:
            self._backend.send(message, _PARSE, recording=recording)
        else:
            sent = client_messages.parse(planned.text_to_parse, name, message[end:])
            moved = ChangeError(planned.move_position)
            self._backend.send(sent, (ClientMessage.PARSE, moved), recording=recording)

    async def _parse_resolved(self, planned: Plan, name: bytes, types: bytes) -> None:
        error = await bind_views(self._context, planned.statements[0].original)
        if error is None and planned.needs_resolution:
            resolution = await resolve(self._context, planned.statements[0], types)
            error, planned = resolution.error, planned.resolved(0, resolution.statement)
        if error is None and planned.is_correlated:
            indexes = self._context.services.subquery_indexes
            error = await indexes.prepare(self._backend, planned.text_to_parse, is_query=False)
        if error is not None:
            self._context.client.write(error)
            return
        sent = client_messages.parse(planned.text_to_parse, name, types)
        self._backend.send(sent, (ClientMessage.PARSE, ChangeError(planned.move_position)))

    def _bind(self, message: bytes) -> None:
        (portal, name), _ = c_strings(message, 2)
        if name in self._statements:
            self._portals[portal] = self._statements[name]
        else:  # of SQL's PREPARE, or one that does not exist
            self._portals.pop(portal, None)
        self._backend.send(message, _BIND)

    def _execute(self, message: bytes) -> None:
        (portal,), _ = c_strings(message, 1)
        planned = self._portals.get(portal)
        if planned is None:
            self._backend.send(message, _EXECUTE)
        elif planned.forward is None and not planned.needs_resolution:
            self._execute_own(message, planned)
        else:
            recording = self._begin_recording(planned)
            self._backend.send(message, _EXECUTE, recording=recording)

    def _execute_own(self, message: bytes, planned: Plan) -> None:
        """Execute a statement that the server runs itself, or whose answer it changes."""
        statement = planned.statements[0]
        recording = begin_recording(self._context, planned.texts)
        if statement.kind in S3_KINDS:
            self._hold_guarded(lambda: self._run(statement, recording), is_query=False)
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

    def _refuse(self, error: RedshiftError, *, is_query: bool = True, name: bytes = _FAILED) -> None:
        """Let PostgreSQL refuse a message, so that the transaction fails, with this server's error."""
        replaced = ReplaceError(server_messages.error(error))
        if is_query:
            self._backend.send(client_messages.query(FAILING), (ClientMessage.QUERY, replaced))
        else:
            self._backend.send(client_messages.parse(FAILING, name), (ClientMessage.PARSE, replaced))

    def _hold_guarded(self, work: Callable[[], Coroutine[Any, Any, None]], *, is_query: bool) -> None:
        self._hold(self._guard(work, is_query=is_query))

    async def _guard(self, work: Callable[[], Coroutine[Any, Any, None]], *, is_query: bool) -> None:
        """Run work; whatever goes wrong within the server is an error of the statement.

        :param work: what to run.
        :param is_query: whether the statement came as a Query, whose end is for this server to announce.
        """
        try:
            await work()
        except FailedTransactionError as error:
            self._context.client.write(error.answer)
        except RedshiftError as error:
            await self._fail(error, is_query=is_query)
        except Exception as error:
            log.exception("A statement of process %s failed in the server.", self._context.info.pid)
            await self._fail(internal_error(error), is_query=is_query)

    async def _fail(self, error: RedshiftError, *, is_query: bool) -> None:
        reply = await self._backend.fail()
        if reply.error is not None:  # or an earlier statement has failed, and the client knows
            self._context.client.write(server_messages.error(error))
        if is_query:
            self._backend.send(client_messages.SYNC, (ClientMessage.SYNC, None))
