"""Runs the statements of one Query one by one, when the back end cannot be given them all at once.

Contract: a Query of several statements is one transaction unless it says otherwise, and its answers come in order
with one ReadyForQuery at the end. That is also what a pipeline of the extended protocol up to its Sync is, so the
statements are sent as such, and completions that the simple protocol does not have are hidden.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local_redshift.expression_types import RedshiftType
from local_redshift.history.queries import Recording, asks_history
from local_redshift.session.answers import AnswerHandler, HideCompletion
from local_redshift.session.context import SessionContext
from local_redshift.session.last_queries import asks_last_queries
from local_redshift.session.plans import STAND_IN, Plan
from local_redshift.session.recording import begin_recording, send_last_queries
from local_redshift.session.resolution import resolve
from local_redshift.session.s3_statements import S3_KINDS, run_s3_statement
from local_redshift.session.view_binding import bind_views
from local_redshift.statements import Statement, StatementKind
from local_redshift.typed_sql.results import described
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.protocol import ClientMessage, ServerMessage


async def run_script(context: SessionContext, plan: Plan) -> None:
    """Run the statements and send the client all answers.

    :param context: the client's session, which sends nothing else in the meantime.
    :param plan: the statements.
    """
    script = _Script(context, plan)
    for index in range(len(plan.statements)):
        await script.run(index)
    context.backend.send(client_messages.SYNC, (ClientMessage.SYNC, script.end))
    context.backend.flush()


class _Script:
    """The statements of one plan in one session."""

    def __init__(self, context: SessionContext, plan: Plan) -> None:
        self.end = _End(context.client.write)
        self._context = context
        self._plan = plan
        self._texts = plan.texts

    async def run(self, index: int) -> None:
        """Run one statement, or send it."""
        statement = self._plan.statements[index]
        recording = self._begin_recording(index)
        self.end.release()
        error = await bind_views(self._context, statement.original)
        if error is not None:
            self._fail(error, recording)
        elif statement.kind in S3_KINDS:
            self.end.kept = await run_s3_statement(self._context, statement, recording)
        elif statement.is_correlated and (error := await self._index(statement)) is not None:
            self._fail(error, recording)
        elif statement.needs_names or statement.needs_types:
            await self._resolve(index, recording)
        else:
            self._send(self._plan, index, recording)

    async def _index(self, statement: Statement) -> bytes | None:
        """Let the statement's subqueries find their rows."""
        context = self._context
        return await context.services.subquery_indexes.prepare(context.backend, statement.sql, is_query=False)

    def _begin_recording(self, index: int) -> Recording | None:
        text = self._plan.statements[index].original
        if asks_history(text):
            self._context.services.queries.write()
        if asks_last_queries(text):
            send_last_queries(self._context)
            return None
        return begin_recording(self._context, (self._texts[index],))

    async def _resolve(self, index: int, recording: Recording | None) -> None:
        """Send a statement once its names were looked up and its types are known."""
        resolved = await resolve(self._context, self._plan, index)
        if resolved.error is None:
            self._send(resolved.plan, 0, recording, of=index, columns=resolved.columns)
            return
        self._fail(resolved.error, recording)

    def _fail(self, error: bytes, recording: Recording | None) -> None:
        self.end.kept = error
        if recording is not None:
            recording.failed(error)

    def _send(
        self,
        plan: Plan,
        index: int,
        recording: Recording | None,
        *,
        of: int | None = None,
        columns: Sequence[RedshiftType] = (),
    ) -> None:
        """Send a statement.

        :param plan: one that has it.
        :param index: which it is there.
        :param of: which it is of the script.
        :param columns: the types of its result's columns.
        """
        statement, backend = plan.statements[index], self._context.backend
        last = (index if of is None else of) == len(self._plan.statements) - 1
        sql = STAND_IN if statement.kind is StatementKind.NOOP else statement.sql
        messages = (
            client_messages.parse(sql),
            client_messages.bind(),
            client_messages.describe_portal(),
            client_messages.execute(),
        )
        codes = (ClientMessage.PARSE, ClientMessage.BIND, ClientMessage.DESCRIBE, ClientMessage.EXECUTE)
        handler = _StatementAnswers(plan, index, self.end if last else None, columns)
        backend.send(b"".join(messages), *((code, handler) for code in codes), recording=recording)
        if statement.kind is StatementKind.TRUNCATE:
            backend.commit()


class _StatementAnswers(HideCompletion):
    """The answers to one statement."""

    def __init__(self, plan: Plan, index: int, end: _End | None, columns: Sequence[RedshiftType]) -> None:
        self._plan = plan
        self._columns = columns
        self._index = index
        self._end = end
        self._tag = plan.statements[index].tag

    def receive(self, code: int, message: bytes) -> bytes:
        """Move an error's position; keep back the last statement's completion until the transaction ended."""
        if code == ServerMessage.ERROR:
            return self._plan.move_position_of(self._index, message)
        if code == ServerMessage.ROW_DESCRIPTION and self._columns:
            return described(message, self._columns)
        if code != ServerMessage.COMMAND_COMPLETE:
            return super().receive(code, message)
        if self._tag is not None:
            message = server_messages.command_complete(self._tag)
        if self._end is None:
            return message
        self._end.kept = message
        return b""


class _End(AnswerHandler):
    """The last statement's completion, which the client gets only once its implicit transaction has committed."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self.kept = b""

    def release(self) -> None:
        """Send what was kept: the statement was not the last."""
        self._write(self.kept)
        self.kept = b""

    def skipped(self) -> None:
        """The back end is gone: send the client the error that was kept; there is nothing else to send."""
        self.release()

    def receive(self, code: int, message: bytes) -> bytes:
        """Put the completion before ReadyForQuery, unless the commit failed."""
        if code == ServerMessage.ERROR:
            self.kept = b""
        if code != ServerMessage.READY_FOR_QUERY:
            return message
        kept, self.kept = self.kept, b""
        return kept + message
