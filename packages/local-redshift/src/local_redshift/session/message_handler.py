"""What a client's messages mean: forwarded, rewritten, refused, or work for the server itself.

Contract: called with whole messages of a session that has logged in, one after the other. What the planner does
not change is forwarded as the client's own bytes. What is refused, or fails in the server, is for ``errors``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from local_redshift.history.queries import LateRecording, Recording
from local_redshift.session.answers import ChangeDescription, ChangeError, ReplaceTag
from local_redshift.session.backend import Expected
from local_redshift.session.context import SessionContext
from local_redshift.session.cursors import Cursors
from local_redshift.session.errors import Errors
from local_redshift.session.planning import plan_at_once, plan_on_thread
from local_redshift.session.plans import Plan
from local_redshift.session.queries import Queries
from local_redshift.session.recording import begin_recording, record_plan
from local_redshift.session.resolution import Resolved, known, resolve
from local_redshift.session.s3_statements import S3_KINDS, run_s3_statement
from local_redshift.session.view_binding import bind_views, needs_binding
from local_redshift.statements import Statement, StatementKind
from local_redshift.statements.tokens.effort import require_size
from local_redshift.statements.tokens.errors import internal_error
from local_redshift.typed_sql.results import described
from local_redshift.wire import client_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ClientMessage, ProtocolError, c_strings, decode

log = logging.getLogger(__name__)

#: Forwarded as they are; what PostgreSQL answers is the client's.
_FORWARDED = (ClientMessage.CLOSE, ClientMessage.SYNC)

#: What is expected of messages whose answers are the client's.
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
        self._errors = Errors(context, hold)
        self._cursors = Cursors()
        queries = Queries(context, self._errors, self._cursors)
        self._statements: dict[bytes, Resolved] = {}
        self._portals: dict[bytes, Resolved] = {}
        self._handlers: dict[int, Callable[[bytes], None]] = {
            ClientMessage.QUERY: queries.handle,
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
            self._errors.refuse(RedshiftError("08P01", str(error)), is_query=code == ClientMessage.QUERY)
        except Exception as error:
            log.exception("A message of kind %s failed in the server.", code)
            self._errors.refuse(internal_error(error), is_query=code == ClientMessage.QUERY)

    def refuse_size(self, code: int, size: int) -> None:
        """Refuse a statement that was not read, because it is too long.

        :param code: Query or Parse.
        :param size: its bytes.
        """
        try:
            require_size(size)
        except RedshiftError as error:
            self._errors.refuse(error, is_query=code == ClientMessage.QUERY)

    def _forward(self, code: ClientMessage) -> Callable[[bytes], None]:
        backend, expected = self._backend, (code, None)
        return lambda message: backend.send(message, expected)

    def _parse(self, message: bytes) -> None:
        (name, sql), end = c_strings(message, 2)
        try:
            planned = plan_at_once(decode(sql), single=True, lenient=self._lenient)
        except RedshiftError as error:
            self._errors.refuse(error, is_query=False, name=name)
            return
        if planned is None:
            self._errors.hold(lambda: self._parse_later(message, name, sql, end), is_query=False)
        elif not self._parse_planned(message, planned, name, end):
            self._errors.hold(lambda: self._parse_resolved(planned, name, message[end:]), is_query=False)

    async def _parse_later(self, message: bytes, name: bytes, sql: bytes, end: int) -> None:
        """Prepare a text that takes long to plan."""
        planned = await plan_on_thread(self._backend, decode(sql), single=True, lenient=self._lenient)
        if not self._parse_planned(message, planned, name, end):
            await self._parse_resolved(planned, name, message[end:])

    def _parse_planned(self, message: bytes, planned: Plan, name: bytes, end: int) -> bool:
        """Send a Parse; return whether it could be sent without asking PostgreSQL first."""
        self._errors.warn(planned.warnings)
        types, needs_asking = message[end:], needs_binding(self._context, planned) or planned.is_correlated
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
        handler = ChangeDescription(lambda error: error, lambda row: described(row, columns)) if columns else None
        self._backend.send(message, (ClientMessage.DESCRIBE, handler))

    def _execute(self, message: bytes) -> None:
        (portal,), _ = c_strings(message, 1)
        resolved = self._portals.get(portal)
        if resolved is None:
            self._backend.send(message, _EXECUTE)
        elif resolved.plan.forward is None:
            self._execute_own(message, resolved.plan)
        else:
            recording = record_plan(self._context, resolved.plan)
            self._cursors.declare(resolved.plan, resolved.columns)
            self._backend.send(message, _EXECUTE, recording=recording)

    def _execute_own(self, message: bytes, planned: Plan) -> None:
        """Execute a statement that the server runs itself, or whose answer it changes."""
        statement = planned.statements[0]
        recording = begin_recording(self._context, planned.texts)
        if statement.kind in S3_KINDS:
            self._errors.hold(lambda: self._run(statement, recording), is_query=False)
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
        self._errors.refuse(RedshiftError(sqlstate="0A000", message=text))
