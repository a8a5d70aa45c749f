"""What happens to a Query: sent as it is or rewritten, or run statement by statement.

Contract: a text that needs an answer of PostgreSQL before it can be sent makes the client's further messages wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from local_redshift.expression_types import RedshiftType
from local_redshift.session.answers import ChangeDescription, ChangeError
from local_redshift.session.backend import Expected
from local_redshift.session.context import SessionContext
from local_redshift.session.cursors import Cursors
from local_redshift.session.errors import Errors
from local_redshift.session.planning import plan_at_once, plan_on_thread
from local_redshift.session.plans import Plan
from local_redshift.session.recording import begin_recording, record_plan
from local_redshift.session.resolution import known, resolve
from local_redshift.session.script import run_script
from local_redshift.session.view_binding import needs_binding
from local_redshift.typed_sql.results import described
from local_redshift.wire import client_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ClientMessage, ProtocolError, c_strings, decode

_QUERY: Final[Expected] = (ClientMessage.QUERY, None)


class Queries:
    """Runs the Queries of one session.

    :param context: the session.
    :param errors: refuses them, and ends those that fail while they run.
    :param cursors: the session's.
    """

    def __init__(self, context: SessionContext, errors: Errors, cursors: Cursors) -> None:
        self._context = context
        self._backend = context.backend
        self._lenient = context.services.lenient
        self._errors = errors
        self._cursors = cursors

    def handle(self, message: bytes) -> None:
        """Run a Query, or refuse it.

        :param message: the whole of it.
        :raises ProtocolError: when its text has a zero byte.
        """
        (text,), end = c_strings(message, 1)
        if end < len(message):
            raise ProtocolError("A text in a message has a zero byte in it.")
        sql = decode(text)
        try:
            planned = plan_at_once(sql, single=False, lenient=self._lenient)
        except RedshiftError as error:
            self._errors.refuse(error)
            return
        if planned is None:
            self._errors.hold(lambda: self._run_later(message, sql), is_query=True)
        elif self._is_stepwise(planned):
            self._errors.hold(lambda: run_script(self._context, planned), is_query=True)
        elif planned.is_correlated:
            self._errors.hold(lambda: self._run_indexed(message, planned), is_query=True)
        else:
            self._run_planned(message, planned)

    async def _run_later(self, message: bytes, sql: str) -> None:
        """Run a text that takes long to plan."""
        planned = await plan_on_thread(self._backend, sql, single=False, lenient=self._lenient)
        if self._is_stepwise(planned):
            await run_script(self._context, planned)
        else:
            await self._run_indexed(message, planned)

    async def _run_indexed(self, message: bytes, planned: Plan) -> None:
        """Run a text whose subqueries may look rows up."""
        for statement in planned.statements:
            if statement.is_correlated:
                await self._context.services.subquery_indexes.prepare(self._backend, statement.sql, is_query=True)
        if planned.needs_types and known(self._context, planned) is None:
            await self._run_resolved(planned)
        else:
            self._run_planned(message, planned)

    def _is_stepwise(self, planned: Plan) -> bool:
        """Return whether a text is run statement by statement; warn of what Redshift would refuse in it."""
        self._errors.warn(planned.warnings)
        is_script = len(planned.statements) > 1
        is_stepwise = planned.forward is None or planned.needs_names or (planned.needs_types and is_script)
        return needs_binding(self._context, planned) or is_stepwise

    def _run_planned(self, message: bytes, planned: Plan) -> None:
        if planned.needs_types:
            resolved = known(self._context, planned)
            if resolved is None:
                self._errors.hold(lambda: self._run_resolved(planned), is_query=True)
            else:
                self._send(resolved.plan, resolved.columns)
        elif columns := self._cursors.fetched(planned):
            self._send(planned, columns)
        elif planned.unchanged:
            self._backend.send(message, _QUERY, recording=record_plan(self._context, planned, before_query=True))
        else:
            self._send(planned)

    async def _run_resolved(self, planned: Plan) -> None:
        resolved = await resolve(self._context, planned)
        ready = self._backend.synchronize()
        if resolved.error is None:
            self._send(resolved.plan, resolved.columns)
            return
        await ready.done.wait()
        begin_recording(self._context, planned.texts).failed(resolved.error)
        self._context.client.write(resolved.error + ready.message)

    def _send(self, planned: Plan, columns: Sequence[RedshiftType] = ()) -> None:
        """Send the text of a Query.

        :param planned: the text.
        :param columns: the types of the result's columns; empty when PostgreSQL's description is right.
        """
        recording = record_plan(self._context, planned, before_query=True)
        self._cursors.declare(planned, columns)
        expected = (ClientMessage.QUERY, _handler(planned, columns))
        self._backend.send(client_messages.query(planned.forward or ""), expected, recording=recording)


def _handler(planned: Plan, columns: Sequence[RedshiftType]) -> ChangeError:
    """Return what takes the answers to a Query."""
    if not columns:
        return ChangeError(planned.move_position)
    return ChangeDescription(planned.move_position, lambda message: described(message, columns))
