"""Runs the statements of one Query one by one, when the back end cannot be given them all at once.

Contract: a Query of several statements is one transaction unless it says otherwise, and its answers come in order
with one ReadyForQuery at the end. That is also what a pipeline of the extended protocol up to its Sync is, so the
statements are sent as such, and completions that the simple protocol does not have are hidden.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from local_redshift.history.queries import Recording, asks_history
from local_redshift.session.copy_statement import CopyRunner
from local_redshift.session.name_resolution import resolve_aliases
from local_redshift.session.pipeline import HideCompletion, Sink
from local_redshift.session.plans import Plan, asks_facts
from local_redshift.session.unload_statement import UnloadRunner
from local_redshift.statements import StatementKind
from local_redshift.wire import protocol as p

if TYPE_CHECKING:
    from local_redshift.session.session import Session

#: What the server does itself with the session's connection.
S3_RUNNERS: dict[StatementKind, type[CopyRunner] | type[UnloadRunner]] = {
    StatementKind.COPY: CopyRunner,
    StatementKind.UNLOAD: UnloadRunner,
}

#: Does nothing, returns nothing, takes no snapshot, and fails in a failed transaction: it holds the place of a
#: statement that PostgreSQL has no work for, or whose work the server does itself.
STAND_IN = "UNLISTEN redshift"


async def run_script(session: Session, plan: Plan) -> None:
    """Run the statements and send the client all answers.

    :param session: whose back-end connection is used; the client's further messages wait meanwhile.
    :param plan: the statements.
    """
    end, texts = _End(session.client.write), plan.texts
    for index, statement in enumerate(plan.statements):
        if asks_history(statement.original):
            session.server.queries.write()
        recording = session.number_queries((texts[index],), ask_facts=asks_facts(statement.original))
        if statement.kind in S3_RUNNERS:
            end.release()
            end.kept = await S3_RUNNERS[statement.kind](session, statement).run()
            if recording is not None:
                recording.answered(end.kept)
        else:
            end.release()
            await _run_statement(session, plan, index, end, recording)
    session.send(p.SYNC_MESSAGE, (p.SYNC, end))
    session.flush()


async def _run_statement(session: Session, plan: Plan, index: int, end: _End, recording: Recording | None) -> None:
    statement = plan.statements[index]
    last = index == len(plan.statements) - 1
    if not statement.lateral_aliases and statement.relation is None:
        _send_statement(session, plan, index, end if last else None, recording)
        return
    resolution = await resolve_aliases(session, statement)
    if resolution.error is not None:
        end.kept = resolution.error
        if recording is not None:
            recording.failed(resolution.error)
    else:
        _send_statement(session, plan.resolved(index, resolution.statement), 0, end if last else None, recording)


def _send_statement(session: Session, plan: Plan, index: int, end: _End | None, recording: Recording | None) -> None:
    statement = plan.statements[index]
    is_noop = statement.kind is StatementKind.NOOP
    step = _Step(plan, index, end)
    frames = p.parse(STAND_IN if is_noop else statement.sql) + p.bind() + p.describe_portal() + p.execute()
    kinds = (p.PARSE, p.BIND, p.DESCRIBE, p.EXECUTE)
    session.send(frames, *((kind, step) for kind in kinds), recording=recording)
    if statement.kind is StatementKind.TRUNCATE:
        session.send_commit()


class _Step(HideCompletion):
    """The answers to one statement."""

    def __init__(self, plan: Plan, index: int, end: _End | None) -> None:
        statement = plan.statements[index]
        self._plan = plan
        self._index = index
        self._end = end
        self._tag = statement.tag

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Move an error's position; keep back the last statement's completion until the transaction ended."""
        if kind == p.ERROR:
            return self._plan.move_position_of(self._index, frame)
        if kind != p.COMMAND_COMPLETE:
            return super().receive(kind, frame)
        if self._tag is not None:
            frame = p.command_complete(self._tag)
        if self._end is None:
            return frame
        self._end.kept = frame
        return b""


class _End(Sink):
    """The last statement's completion, which the client gets only once its implicit transaction has committed."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self.kept = b""

    def release(self) -> None:
        """Send what was kept: the statement was not the last."""
        self._write(self.kept)
        self.kept = b""

    def skipped(self) -> None:
        """The back end is gone: all that is left to say is what was kept, an error."""
        self.release()

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Put the completion before ReadyForQuery, unless the commit failed."""
        if kind == p.ERROR:
            self.kept = b""
        if kind != p.READY_FOR_QUERY:
            return frame
        kept, self.kept = self.kept, b""
        return kept + frame
