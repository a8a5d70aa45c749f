"""Names are looked up in the client's own session before a statement that needs it is sent."""

from __future__ import annotations

import asyncio

import pytest

from local_redshift.session.name_resolution import Resolution, explainable, resolve_names
from local_redshift.statements import Statement, plan_script
from local_redshift.wire import server_messages
from local_redshift.wire.protocol import LENGTH, SHORT, ServerMessage, frame
from support.backends import AnsweredBackEnd

ERROR = server_messages.error_of_fields({"S": "ERROR", "C": "42P01", "M": "no such table"})


def answer(*values: str | None) -> bytes:
    """The answers to a statement of the server's own, with one column."""
    rows = b""
    for value in values:
        body = b"\xff\xff\xff\xff" if value is None else LENGTH.pack(len(value)) + value.encode()
        rows += frame(ServerMessage.DATA_ROW, SHORT.pack(1) + body)
    ended = (ServerMessage.CLOSE_COMPLETE, ServerMessage.CLOSE_COMPLETE, ServerMessage.PARSE_COMPLETE)
    before = b"".join(frame(code, b"") for code in (*ended, ServerMessage.BIND_COMPLETE))
    return before + rows + server_messages.command_complete(f"SELECT {len(values)}")


async def resolve(sql: str, *answers: bytes) -> Resolution:
    (statement,) = plan_script(sql)
    assert isinstance(statement, Statement)
    backend = AnsweredBackEnd()
    task = asyncio.create_task(resolve_names(backend, statement, lenient=False))
    for each in answers:
        await asyncio.sleep(0)
        assert backend.answer(each) == b""
    return await task


async def test_an_alias_that_is_no_column_is_replaced_by_its_expression() -> None:
    resolution = await resolve("SELECT a + 1 AS b, b * 2 FROM t", answer("b"))
    assert resolution.error is None
    assert resolution.statement.sql == "SELECT a + 1 AS b, (a + 1) * 2 FROM t"


async def test_an_alias_that_is_a_column_too_stays() -> None:
    sql = "SELECT a + 1 AS b, b * 2 FROM t"
    assert (await resolve(sql, answer(None))).statement.sql == sql


async def test_pivot_gets_the_columns_of_its_table() -> None:
    sql = "SELECT * FROM t PIVOT (SUM(amount) FOR kind IN ('a', 'b'))"
    resolution = await resolve(sql, answer("id", "kind", "amount"))
    assert 'GROUP BY "id"' in resolution.statement.sql


async def test_an_error_of_the_look_up_is_the_clients() -> None:
    assert (await resolve("SELECT a + 1 AS b, b * 2 FROM t", ERROR)).error == ERROR


@pytest.mark.parametrize(
    ("sql", "explained"),
    [
        ("SELECT 1", "SELECT 1"),
        ("CREATE VIEW v AS SELECT 1", " SELECT 1"),
        ("CREATE OR REPLACE VIEW v (a) AS SELECT 1 AS b", " SELECT 1 AS b"),
        ("CREATE TABLE t AS SELECT 1", "CREATE TABLE t AS SELECT 1"),
    ],
)
def test_of_a_view_its_query_is_explained(sql: str, explained: str) -> None:
    assert explainable(sql) == explained
