"""What reaches a back end that is still starting, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_redshift.session.session import Session
from local_redshift.wire import client_messages, server_messages
from support.backends import WrittenPeer, session_context


@pytest.fixture
def client() -> WrittenPeer:
    return WrittenPeer()


@pytest.fixture
def session(tmp_path: Path, client: WrittenPeer) -> Session:
    services = session_context(tmp_path)[0].services
    session = Session(services, client, lambda session: None, lambda session: None)
    session._backend.peer = WrittenPeer()
    return session


def test_a_flush_waits_for_no_answer_and_is_not_passed_on(session: Session, client: WrittenPeer) -> None:
    """PostgreSQL would take it for the answer to its question for the password."""
    session.receive(client_messages.FLUSH)
    assert isinstance(session.backend, WrittenPeer)
    assert session.backend.written == b""
    assert client.written == b""


def test_a_query_that_comes_too_early_ends_the_session(session: Session, client: WrittenPeer) -> None:
    session.receive(client_messages.query("SELECT 1"))
    assert server_messages.parse_fields(client.written)["C"] == "08P01"
