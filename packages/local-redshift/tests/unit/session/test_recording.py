"""Right before statements are sent they get query ids, or the session is told of its last queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_redshift.session.context import SessionContext
from local_redshift.session.plans import plan
from local_redshift.session.recording import begin_recording, send_last_queries
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.protocol import ServerMessage, frame
from support.backends import AnsweredBackEnd, session_context

ERROR = server_messages.error_of_fields({"S": "ERROR", "C": "25P02", "M": "aborted"})
SUCCESS = b"".join(
    (
        frame(ServerMessage.CLOSE_COMPLETE, b""),
        frame(ServerMessage.CLOSE_COMPLETE, b""),
        frame(ServerMessage.PARSE_COMPLETE, b""),
        frame(ServerMessage.BIND_COMPLETE, b""),
        frame(ServerMessage.DATA_ROW, b"\0\0"),
        server_messages.command_complete("SELECT 1"),
    )
)
READY = frame(ServerMessage.READY_FOR_QUERY, b"I")


@pytest.fixture
def session(tmp_path: Path) -> tuple[SessionContext, AnsweredBackEnd]:
    return session_context(tmp_path)


def test_each_statement_of_a_message_gets_a_query_id(session: tuple[SessionContext, AnsweredBackEnd]) -> None:
    context, _ = session
    begin_recording(context, plan("SELECT 1; SELECT 2").texts)
    assert context.last_queries.query_id == 101


def test_the_client_sees_nothing_when_its_last_queries_are_set(
    session: tuple[SessionContext, AnsweredBackEnd],
) -> None:
    context, backend = session
    send_last_queries(context, before_query=True)
    backend.flush()
    assert backend.connection.written.endswith(client_messages.SYNC)
    assert backend.answer(SUCCESS + READY) == b""
    send_last_queries(context)
    backend.flush()
    assert not backend.connection.written.endswith(client_messages.SYNC)
    assert backend.answer(SUCCESS) == b""


def test_an_error_before_an_execute_is_the_clients_own_and_before_a_query_is_hidden(
    session: tuple[SessionContext, AnsweredBackEnd],
) -> None:
    context, backend = session
    send_last_queries(context, before_query=True)
    assert backend.answer(ERROR + READY) == b""
    send_last_queries(context)
    assert backend.answer(ERROR) == ERROR
