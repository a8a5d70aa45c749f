"""What a client's messages make of the back end: forwarded, rewritten, refused, or held."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from local_redshift.session.message_handler import MessageHandler
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.protocol import ClientMessage, ProtocolError, ServerMessage, frame
from support.backends import codes, session_context

ERROR = server_messages.error_of_fields({"S": "ERROR", "C": "42601", "M": "no", "P": "1"})
READY = frame(ServerMessage.READY_FOR_QUERY, b"I")
PARSED = frame(ServerMessage.PARSE_COMPLETE, b"")
BOUND = frame(ServerMessage.BIND_COMPLETE, b"")


class Client:
    """A client of a message handler without a server."""

    def __init__(self, folder: Path, *, lenient: bool = False) -> None:
        self.held: list[Coroutine[Any, Any, None]] = []
        self.ended = 0
        self.context, self.backend = session_context(folder, lenient=lenient)
        self._handler = MessageHandler(self.context, self.held.append, self._end)

    def send(self, *messages: bytes) -> bytes:
        """Send messages, and return what reaches the back end."""
        self.backend.connection.written = b""
        for message in messages:
            self._handler.handle(message[0], message)
        self.backend.flush()
        return self.backend.connection.written

    def _end(self) -> None:
        self.ended += 1


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(tmp_path)


@pytest.mark.parametrize(
    "message",
    [
        client_messages.query("SELECT 1"),
        client_messages.parse("SELECT $1", b"s"),
        client_messages.bind(b"s"),
        client_messages.describe_portal(),
        client_messages.execute(),
        client_messages.close_statement(b"s"),
        client_messages.FLUSH,
        client_messages.SYNC,
    ],
    ids=lambda message: chr(message[0]),
)
def test_what_needs_no_change_goes_on_as_it_came(client: Client, message: bytes) -> None:
    assert client.send(message) == message


def test_a_rewritten_query_is_sent_rewritten_and_its_error_points_into_the_clients_text(client: Client) -> None:
    text = "SELECT a FROM t WHERE b < SYSDATE AND missing"
    rewritten = "SELECT a FROM t WHERE b < pg_catalog.sysdate() AND missing"
    sent = client.send(client_messages.query(text))
    assert sent == client_messages.query(rewritten)
    place = rewritten.index("missing") + 1
    seen = client.backend.answer(server_messages.error_of_fields({"S": "ERROR", "M": "no", "P": str(place)}) + READY)
    assert server_messages.parse_fields(seen[: -len(READY)])["P"] == str(text.index("missing") + 1)


def test_a_refused_statement_fails_in_the_back_end_with_this_servers_error(client: Client) -> None:
    for message, sent, answer in (
        (client_messages.query("SAVEPOINT a"), client_messages.query("refused"), ERROR + READY),
        (client_messages.parse("SAVEPOINT a", b"s"), client_messages.parse("refused", b"s"), ERROR),
    ):
        assert client.send(message) == sent
        seen = client.backend.answer(answer)
        assert server_messages.parse_fields(seen.removesuffix(READY))["M"] == 'SQL command "SAVEPOINT" not supported.'
        client.send(client_messages.SYNC)
        client.backend.answer(READY)


def test_a_lenient_server_warns_and_forwards(tmp_path: Path) -> None:
    client = Client(tmp_path, lenient=True)
    message = client_messages.query("SAVEPOINT a")
    assert client.send(message) == message
    warning = server_messages.parse_fields(client.backend.client.written)
    assert warning["M"] == 'Amazon Redshift would refuse this: SQL command "SAVEPOINT" not supported.'


@pytest.mark.parametrize(
    "text", ["COPY t FROM 's3://b/k' IAM_ROLE default CSV", "SELECT 1; TRUNCATE t", "SELECT a AS b, b FROM t"]
)
def test_what_cannot_be_sent_at_once_holds_the_clients_further_messages(client: Client, text: str) -> None:
    assert client.send(client_messages.query(text)) == b""
    assert len(client.held) == 1
    client.held.pop().close()


def test_truncate_commits_out_of_the_clients_sight(client: Client) -> None:
    client.send(client_messages.parse("TRUNCATE t"), client_messages.bind())
    sent = client.send(client_messages.execute())
    assert codes(sent) == "E" + "CCPBE"
    assert b"COMMIT" in sent
    done = server_messages.command_complete("TRUNCATE TABLE")
    closed = frame(ServerMessage.CLOSE_COMPLETE, b"") * 2
    committed = closed + PARSED + BOUND + server_messages.command_complete("COMMIT")
    assert client.backend.answer(PARSED + BOUND + done + committed) == PARSED + BOUND + done


def test_a_stand_in_is_answered_with_the_tag_of_the_statement_it_stands_for(client: Client) -> None:
    text = "ALTER TABLE a APPEND FROM b"
    sent = client.send(client_messages.parse(text), client_messages.bind(), client_messages.execute())
    assert b"redshift_catalog.append_table" in sent
    seen = client.backend.answer(PARSED + BOUND + server_messages.command_complete("CALL"))
    assert seen == PARSED + BOUND + server_messages.command_complete("ALTER TABLE APPEND")


def test_a_statement_that_asks_for_the_last_queries_is_told_first_and_gets_no_query_id(client: Client) -> None:
    message = client_messages.query("SELECT pg_last_query_id()")
    sent = client.send(message)
    assert codes(sent) == "CCPBES" + "Q"
    assert sent.endswith(message)
    assert client.context.last_queries.query_id == -1


def test_the_end_of_a_client_is_passed_on_and_copy_messages_are_ignored(client: Client) -> None:
    assert client.send(client_messages.COPY_DONE, client_messages.copy_fail("no")) == b""
    client.send(client_messages.TERMINATE)
    assert client.ended == 1


def test_a_function_call_is_refused_and_an_unknown_message_ends_the_session(client: Client) -> None:
    assert client.send(frame(ClientMessage.FUNCTION_CALL, b"")) == client_messages.query("refused")
    with pytest.raises(ProtocolError, match="no message of kind"):
        client.send(b"?\0\0\0\x04")
