"""The statements of one Query, one by one: their answers come in order, with one ReadyForQuery at the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

from local_redshift.session.plans import plan
from local_redshift.session.script import run_script
from local_redshift.wire import server_messages
from local_redshift.wire.protocol import ServerMessage, frame
from support.backends import AnsweredBackEnd, codes, session_context

PARSED = frame(ServerMessage.PARSE_COMPLETE, b"")
BOUND = frame(ServerMessage.BIND_COMPLETE, b"")
CLOSED = frame(ServerMessage.CLOSE_COMPLETE, b"") * 2
NO_DATA = frame(ServerMessage.NO_DATA, b"")
READY = frame(ServerMessage.READY_FOR_QUERY, b"I")
ERROR = server_messages.error_of_fields({"S": "ERROR", "C": "42P01", "M": "no", "P": "10"})


def done(tag: str) -> bytes:
    return server_messages.command_complete(tag)


def executed(tag: str) -> bytes:
    """What PostgreSQL answers to a statement of the extended protocol."""
    return PARSED + BOUND + NO_DATA + done(tag)


async def run(folder: Path, sql: str) -> AnsweredBackEnd:
    context, backend = session_context(folder)
    await asyncio.wait_for(run_script(context, plan(sql)), 10)
    return backend


async def test_answers_come_without_what_the_simple_protocol_lacks(tmp_path: Path) -> None:
    backend = await run(tmp_path, "DELETE FROM t; TRUNCATE t")
    assert codes(backend.connection.written) == "PBDE" + "PBDE" + "CCPBE" + "S"
    committed = CLOSED + PARSED + BOUND + done("COMMIT")
    seen = backend.answer(executed("DELETE 1") + executed("TRUNCATE TABLE") + committed + READY)
    assert seen == done("DELETE 1") + done("TRUNCATE TABLE") + READY


async def test_the_last_completion_waits_until_its_transaction_has_committed(tmp_path: Path) -> None:
    backend = await run(tmp_path, "SELECT 1; TRUNCATE t")
    committed = CLOSED + PARSED + BOUND + done("COMMIT")
    assert backend.answer(executed("SELECT 1") + executed("TRUNCATE TABLE") + committed) == done("SELECT 1")
    assert backend.answer(READY) == done("TRUNCATE TABLE") + READY


async def test_after_an_error_nothing_more_is_answered_and_it_points_into_the_whole_text(tmp_path: Path) -> None:
    sql = "TRUNCATE t; TRUNCATE missing"
    backend = await run(tmp_path, sql)
    committed = CLOSED + PARSED + BOUND + done("COMMIT")
    seen = backend.answer(executed("TRUNCATE TABLE") + committed + ERROR + READY)
    assert seen.startswith(done("TRUNCATE TABLE"))
    assert seen.endswith(READY)
    error = seen.removeprefix(done("TRUNCATE TABLE")).removesuffix(READY)
    assert server_messages.parse_fields(error)["P"] == str(sql.index("missing") + 1)


async def test_what_postgresql_has_no_work_for_is_answered_with_its_own_tag(tmp_path: Path) -> None:
    backend = await run(tmp_path, "TRUNCATE t; ALTER TABLE a APPEND FROM b")
    committed = CLOSED + PARSED + BOUND + done("COMMIT")
    seen = backend.answer(executed("TRUNCATE TABLE") + committed + executed("CALL") + READY)
    assert seen == done("TRUNCATE TABLE") + done("ALTER TABLE APPEND") + READY
