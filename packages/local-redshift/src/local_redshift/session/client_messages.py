"""What a client's messages mean: forwarded, rewritten, refused, or work for the server itself.

Contract: called with whole messages of a session that has logged in, one after the other. What the planner lets
pass goes on as the client's own bytes. A refused statement is sent as one that cannot be parsed, so that
PostgreSQL itself goes into the error state that it has to cause, and gets our error in place of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from local_redshift.history.queries import LateRecording, Recording
from local_redshift.session.name_resolution import resolve_aliases
from local_redshift.session.pipeline import ReplaceError, Retag, Translate
from local_redshift.session.plans import Plan, plan
from local_redshift.session.script import S3_RUNNERS, STAND_IN, run_script
from local_redshift.statements import Statement, StatementKind
from local_redshift.wire import protocol as p
from local_redshift.wire.errors import RedshiftError

if TYPE_CHECKING:
    from local_redshift.session.session import Session

log = logging.getLogger(__name__)

#: Fails to parse.
_FAILING = "refused"


class ClientMessages:
    """Deals with the messages of one session.

    :param session: sends to the back end.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._statements: dict[bytes, Plan] = {}
        self._portals: dict[bytes, Plan] = {}
        self._handlers: dict[int, Callable[[bytes], None]] = {
            p.QUERY: self._query,
            p.PARSE: self._parse,
            p.BIND: self._bind,
            p.EXECUTE: self._execute,
            p.DESCRIBE: lambda frame: session.send(frame, (p.DESCRIBE, None)),
            p.CLOSE: lambda frame: session.send(frame, (p.CLOSE, None)),
            p.SYNC: lambda frame: session.send(frame, (p.SYNC, None)),
            p.FLUSH: session.send,
            p.FUNCTION_CALL: self._function_call,
            p.TERMINATE: lambda frame: session.end(),
            # Outside of a COPY, which clients cannot start, these mean nothing; PostgreSQL ignores them too.
            p.COPY_DATA: lambda frame: None,
            p.COPY_DONE: lambda frame: None,
            p.COPY_FAIL: lambda frame: None,
        }

    def take(self, kind: int, frame: bytes) -> None:
        """Deal with one message.

        :param kind: its kind.
        :param frame: the whole of it.
        :raises ProtocolError: when there is no such message.
        """
        handler = self._handlers.get(kind)
        if handler is None:
            raise p.ProtocolError(f"There is no message of kind {kind}.")
        handler(frame)

    def _query(self, frame: bytes) -> None:
        session = self._session
        try:
            planned = plan(p.decode(frame[5:-1]), lenient=session.server.lenient)
        except RedshiftError as error:
            self._refuse(error)
            return
        self._warn(planned)
        if planned.forward is None or planned.needs_resolution:
            session.hold(run_script(session, planned))
            return
        if planned.asks_history:
            session.server.queries.write()
        recording = session.number_queries(planned.texts, ask_facts=planned.asks_facts, sync=True)
        if planned.unchanged:
            session.send(frame, (p.QUERY, None), recording=recording)
        else:
            sink = Translate(planned.move_position)
            session.send(p.query(planned.forward), (p.QUERY, sink), recording=recording)

    def _parse(self, frame: bytes) -> None:
        (name, sql), end = p.c_strings(frame, 2)
        session = self._session
        try:
            planned = plan(p.decode(sql), single=True, lenient=session.server.lenient)
        except RedshiftError as error:
            session.send(p.parse(_FAILING, name), (p.PARSE, ReplaceError(p.error(error))))
            return
        self._warn(planned)
        self._statements[name] = planned
        if planned.needs_resolution:
            session.hold(self._parse_resolved(planned, name, frame[end:]))
            return
        recording = LateRecording(lambda: session.number_queries(planned.texts))
        if planned.unchanged:
            session.send(frame, (p.PARSE, None), recording=recording)
        else:
            sent = p.parse(_text_to_parse(planned), name, frame[end:])
            session.send(sent, (p.PARSE, Translate(planned.move_position)), recording=recording)

    async def _parse_resolved(self, planned: Plan, name: bytes, types: bytes) -> None:
        session = self._session
        resolution = await resolve_aliases(session, planned.statements[0])
        if resolution.error is not None:
            session.client.write(resolution.error)
            return
        resolved = planned.resolved(0, resolution.statement)
        sent = p.parse(resolution.statement.sql, name, types)
        session.send(sent, (p.PARSE, Translate(resolved.move_position)))

    def _bind(self, frame: bytes) -> None:
        (portal, name), _ = p.c_strings(frame, 2)
        if name in self._statements:
            self._portals[portal] = self._statements[name]
        else:  # of SQL's PREPARE, or one that there is not
            self._portals.pop(portal, None)
        self._session.send(frame, (p.BIND, None))

    def _execute(self, frame: bytes) -> None:
        session = self._session
        (portal,), _ = p.c_strings(frame, 1)
        planned = self._portals.get(portal)
        if planned is None:
            session.send(frame, (p.EXECUTE, None))
            return
        if planned.forward is None and not planned.needs_resolution:
            self._execute_special(frame, planned)
            return
        if planned.asks_history:
            session.server.queries.write()
        recording = session.number_queries(planned.texts, ask_facts=planned.asks_facts)
        session.send(frame, (p.EXECUTE, None), recording=recording)

    def _execute_special(self, frame: bytes, planned: Plan) -> None:
        session, statement = self._session, planned.statements[0]
        recording = session.number_queries(planned.texts)
        if statement.kind in S3_RUNNERS:
            session.hold(self._run(statement, recording))
        elif statement.kind is StatementKind.TRUNCATE:
            session.send(frame, (p.EXECUTE, None), recording=recording)
            session.send_commit()
        else:
            session.send(frame, (p.EXECUTE, Retag(statement.tag or "")), recording=recording)

    async def _run(self, statement: Statement, recording: Recording | None) -> None:
        answer = await S3_RUNNERS[statement.kind](self._session, statement).run()
        if recording is not None:
            recording.answered(answer)
        self._session.client.write(answer)

    def _function_call(self, frame: bytes) -> None:
        text = "The function-call message is not supported. Call the function in a SELECT."
        self._refuse(RedshiftError(sqlstate="0A000", message=text))

    def _warn(self, planned: Plan) -> None:
        """Tell the client and the log what Redshift would have refused."""
        for warning in planned.warnings:
            log.warning("Redshift would refuse a statement: %s %s", warning.message, warning.hint or "")
            text = f"Amazon Redshift would refuse this: {warning.message}"
            self._session.client.write(p.notice("WARNING", text, warning.hint))

    def _refuse(self, error: RedshiftError) -> None:
        self._session.send(p.query(_FAILING), (p.QUERY, ReplaceError(p.error(error))))


def _text_to_parse(planned: Plan) -> str:
    """Return the text of a statement for PostgreSQL; a COPY or a no-op has a stand-in."""
    if planned.forward is not None:
        return planned.forward
    statement = planned.statements[0]
    return statement.sql if statement.kind in (StatementKind.TRUNCATE, StatementKind.STANDS_IN) else STAND_IN
