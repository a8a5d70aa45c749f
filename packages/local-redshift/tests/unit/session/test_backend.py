"""Statements of the server's own on a back end: sent at once, answered to who asked, unseen by the client."""

from __future__ import annotations

import asyncio

from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.protocol import ClientMessage, ServerMessage, frame
from support.backends import AnsweredBackEnd, codes

CLOSED = frame(ServerMessage.CLOSE_COMPLETE, b"")
PARSED = frame(ServerMessage.PARSE_COMPLETE, b"")
BOUND = frame(ServerMessage.BIND_COMPLETE, b"")
ROW = frame(ServerMessage.DATA_ROW, b"\0\1\0\0\0\1x")
DONE = server_messages.command_complete("SELECT 1")
READY = frame(ServerMessage.READY_FOR_QUERY, b"I")
ERROR = server_messages.error_of_fields({"S": "ERROR", "M": "no"})


def test_messages_go_out_together_and_in_order() -> None:
    backend = AnsweredBackEnd()
    backend.send(client_messages.bind(), (ClientMessage.BIND, None))
    backend.send(client_messages.execute(), (ClientMessage.EXECUTE, None))
    assert backend.connection.written == b""
    backend.flush()
    assert backend.connection.written == client_messages.bind() + client_messages.execute()


async def test_a_query_of_the_servers_own_returns_its_rows_and_shows_the_client_nothing() -> None:
    backend = AnsweredBackEnd()
    asked = asyncio.create_task(backend.query(b"own", "SELECT $1", ["x"]))
    await asyncio.sleep(0)
    assert codes(backend.connection.written) == "CCPBEH"
    assert backend.answer(CLOSED + CLOSED + PARSED + BOUND + ROW + DONE) == b""
    reply = await asked
    assert (reply.ok, reply.rows) == (True, [["x"]])


async def test_a_transaction_is_failed_and_the_error_is_not_the_clients() -> None:
    backend = AnsweredBackEnd()
    failed = asyncio.create_task(backend.fail())
    await asyncio.sleep(0)
    assert backend.answer(ERROR) == b""
    assert (await failed).error == ERROR


async def test_who_waits_for_an_answer_goes_on_when_the_connection_ends() -> None:
    backend = AnsweredBackEnd()
    reply = backend.begin_query(b"own", "SELECT 1")
    backend.end()
    await reply.done.wait()
    assert reply.was_skipped


def test_parameters_that_redshift_does_not_report_are_not_shown() -> None:
    shown = server_messages.parameter_status("TimeZone", "UTC")
    hidden = server_messages.parameter_status("scram_iterations", "4096")
    assert AnsweredBackEnd().answer(hidden + shown) == shown
