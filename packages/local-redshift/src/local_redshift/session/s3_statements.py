"""The statements that the server runs itself, in a client's session: COPY and UNLOAD."""

from __future__ import annotations

from local_redshift.history.queries import Recording
from local_redshift.session.context import SessionContext
from local_redshift.session.copy_statement import CopyRunner
from local_redshift.session.unload_statement import UnloadRunner
from local_redshift.statements import Statement, StatementKind

S3_KINDS = frozenset((StatementKind.COPY, StatementKind.UNLOAD))


async def run_s3_statement(context: SessionContext, statement: Statement, recording: Recording | None) -> bytes:
    """Run a COPY or UNLOAD to its end and return what the client gets.

    :param context: the client's session, which sends nothing else in the meantime.
    :param statement: the statement.
    :param recording: is told how it ended.
    """
    kind = CopyRunner if statement.kind is StatementKind.COPY else UnloadRunner
    answer = await kind(context, statement).run()
    if recording is not None:
        recording.answered(answer)
    return answer
