"""The query tree of a statement is taken from what PostgreSQL says while it parses it, unseen by the client."""

from __future__ import annotations

import asyncio

from local_redshift.query_tree.nodes import parse
from local_redshift.session.analysis import Analysis, analyze
from local_redshift.session.catalog_names import FunctionNames
from local_redshift.wire import server_messages
from local_redshift.wire.protocol import LENGTH, SHORT, ServerMessage, encode, frame
from support.backends import AnsweredBackEnd, codes

CLOSED = frame(ServerMessage.CLOSE_COMPLETE, b"")
PARSED = frame(ServerMessage.PARSE_COMPLETE, b"")
BOUND = frame(ServerMessage.BIND_COMPLETE, b"")
DONE = server_messages.command_complete("SELECT 1")
ERROR = server_messages.error_of_fields({"S": "ERROR", "C": "42703", "M": "no such column"})
OWN = CLOSED + CLOSED + PARSED + BOUND + DONE


def tree_notice(tree: str) -> bytes:
    """What ``debug_print_parse`` sends."""
    body = b"SLOG\0VLOG\0C00000\0Mparse tree:\0D" + encode(tree) + b"\0Fpostgres.c\0\0"
    return frame(ServerMessage.NOTICE, body)


async def analysis_of(answers: bytes) -> tuple[Analysis, str, bytes]:
    """Return the analysis, what was sent, and what the client saw."""
    backend = AnsweredBackEnd()
    task = asyncio.create_task(analyze(backend, "SELECT 1"))
    await asyncio.sleep(0)
    sent = codes(backend.connection.written)
    seen = backend.answer(answers)
    return await task, sent, seen


async def test_the_first_tree_is_the_statements() -> None:
    notices = tree_notice("{QUERY :commandType 1}\n") + PARSED + tree_notice("{QUERY :commandType 6}\n")
    analysis, sent, seen = await analysis_of(OWN + CLOSED + notices + OWN)

    assert sent == "CCPBE" + "CP" + "CCPBE" + "H"
    assert seen == b""
    assert analysis.error is None
    assert analysis.tree is not None
    assert analysis.tree.number("commandType") == 1


async def test_an_error_is_returned_and_the_rest_is_skipped() -> None:
    analysis, _, seen = await analysis_of(OWN + CLOSED + ERROR)

    assert (analysis.tree, analysis.error, seen) == (None, ERROR, b"")


async def test_a_statement_without_a_readable_tree_goes_without() -> None:
    analysis, _, _ = await analysis_of(OWN + CLOSED + tree_notice("{QUERY :x (") + PARSED + OWN)

    assert (analysis.tree, analysis.error) == (None, None)


async def test_a_tree_tells_whether_it_has_decimals() -> None:
    decimal, _, _ = await analysis_of(OWN + CLOSED + tree_notice("{QUERY :x {VAR :vartype 1700}}") + PARSED + OWN)
    integer, _, _ = await analysis_of(OWN + CLOSED + tree_notice("{QUERY :x {VAR :vartype 23}}") + PARSED + OWN)

    assert (decimal.has_decimals, integer.has_decimals) == (True, False)


async def test_functions_are_named_once() -> None:
    names, backend = FunctionNames(), AnsweredBackEnd()
    tree = parse("{QUERY :targetList ({OPEXPR :opfuncid 1727 :args ({FUNCEXPR :funcid 1740})})}")
    cells = b"".join(LENGTH.pack(len(cell)) + cell for cell in (b"1727", b"numeric_div"))
    row = frame(ServerMessage.DATA_ROW, SHORT.pack(2) + cells)

    loading = asyncio.create_task(names.load(backend, tree))
    await asyncio.sleep(0)
    assert b"{1727,1740}" in backend.connection.written
    backend.answer(CLOSED + CLOSED + PARSED + BOUND + row + DONE)
    assert await loading is None
    assert names.function_name(1727) == "numeric_div"
    assert names.function_name(1740) is None
