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
from local_redshift.session.planning import FailedTransactionError, plan_at_once, plan_on_thread
from local_redshift.session.plans import Plan
from local_redshift.session.recording import begin_recording, send_last_queries
from local_redshift.session.resolution import Resolved, known, resolve
from local_redshift.session.s3_statements import S3_KINDS, run_s3_statement
from local_redshift.session.script import run_script
from local_redshift.session.view_binding import bind_views
from local_redshift.statements import Statement, StatementKind
from local_redshift.statements.tokens.effort import require_size
from local_redshift.statements.tokens.errors import internal_error
from local_redshift.typed_sql.results import described
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ClientMessage, ProtocolError, c_strings, decode

log = logging.getLogger(__name__)

#: Forwarded as they are; what PostgreSQL answers is the client's.
_FORWARDED = (ClientMessage.CLOSE, ClientMessage.SYNC)

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
        elif self._is_stepwise(planned):
            self._hold_guarded(lambda: run_script(self._context, planned), is_query=True)
        elif planned.is_correlated:
            self._hold_guarded(lambda: self._query_indexed(message, planned), is_query=True)
        else:
            self._query_planned(message, planned)

    async def _query_later(self, message: bytes, sql: str) -> None:
        """Run a text that takes long to plan."""
        planned = await plan_on_thread(self._backend, sql, single=False, lenient=self._lenient)
        if self._is_stepwise(planned):
            await run_script(self._context, planned)
        else:
            await self._query_indexed(message, planned)

    async def _query_indexed(self, message: bytes, planned: Plan) -> None:
        """Run a text whose subqueries may look rows up."""
        for statement in planned.statements:
            if statement.is_correlated:
                await self._context.services.subquery_indexes.prepare(self._backend, statement.sql, is_query=True)
        if planned.needs_types and known(self._context, planned) is None:
            await self._query_resolved(planned)
        else:
            self._query_planned(message, planned)

    def _is_stepwise(self, planned: Plan) -> bool:
        """Whether a text is run statement by statement; warn of what Redshift would refuse in it."""
        self._warn(planned)
        is_script = len(planned.statements) > 1
        is_stepwise = planned.forward is None or planned.needs_names or (planned.needs_types and is_script)
        return self._needs_binding(planned) or is_stepwise

    def _query_planned(self, message: bytes, planned: Plan) -> None:
        if planned.needs_types:
            resolved = known(self._context, planned)
            if resolved is None:
                self._hold_guarded(lambda: self._query_resolved(planned), is_query=True)
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
            planned = plan_at_once(decode(sql), single=True, lenient=self._lenient)
        except RedshiftError as error:
            self._refuse(error, is_query=False, name=name)
            return
        if planned is None:
            self._hold_guarded(lambda: self._parse_later(message, name, sql, end), is_query=False)
        elif not self._parse_planned(message, planned, name, end):
            self._hold_guarded(lambda: self._parse_resolved(planned, name, message[end:]), is_query=False)

    async def _parse_later(self, message: bytes, name: bytes, sql: bytes, end: int) -> None:
        """Prepare a text that takes long to plan."""
        planned = await plan_on_thread(self._backend, decode(sql), single=True, lenient=self._lenient)
        if not self._parse_planned(message, planned, name, end):
            await self._parse_resolved(planned, name, message[end:])

    def _parse_planned(self, message: bytes, planned: Plan, name: bytes, end: int) -> bool:
        """Send a Parse; return whether it could be sent without asking PostgreSQL first."""
        self._warn(planned)
        types, needs_asking = message[end:], self._needs_binding(planned) or planned.is_correlated
        if needs_asking or planned.needs_names or planned.needs_types:
            resolved = None if needs_asking else known(self._context, planned, types)
            if resolved is None:
                return False
            planned = resolved.plan
            self._statements[name] = resolved
        else:
            self._statements[name] = Resolved(planned, tuple(self._cursors.fetched(planned)))
        self._send_parse(planned, name, types, message)
        return True

    async def _parse_resolved(self, planned: Plan, name: bytes, types: bytes) -> None:
        error = await bind_views(self._context, planned.statements[0].original)
        if error is None and planned.is_correlated:
            indexes = self._context.services.subquery_indexes
            error = await indexes.prepare(self._backend, planned.text_to_parse, is_query=False)
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


def _handler(planned: Plan, columns: Sequence[RedshiftType]) -> ChangeError:
    """Return what takes the answers to a Query."""
    if not columns:
        return ChangeError(planned.move_position)
    return ChangeDescription(planned.move_position, lambda message: described(message, columns))


def _unchanged(message: bytes) -> bytes:
    return message
