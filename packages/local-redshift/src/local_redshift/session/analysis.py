"""Asks PostgreSQL what a statement means: its analyzed query tree, in which every expression has a type.

Contract: runs in the client's own session and transaction, executes nothing, and leaves no setting changed. PostgreSQL
prints the tree of a statement that it parses when ``debug_print_parse`` is on; here it goes to the client instead of
the server's log, and this module takes it on its way.
https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-DEBUG-PRINT-PARSE
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from local_redshift.query_tree.nodes import Node, parse, unwrap
from local_redshift.session.answers import AnswerHandler, Reply
from local_redshift.session.backend import BackEnd, own_statement
from local_redshift.wire import client_messages
from local_redshift.wire.protocol import ClientMessage, ServerMessage

log = logging.getLogger(__name__)

#: The tail of a Parse whose parameters have no types.
NO_TYPES = b"\0\0"

_NAME = b"redshift_analysis"
_SHOW = "SELECT redshift_catalog.show_trees(true)"
_HIDE = "SELECT redshift_catalog.show_trees(false)"

#: Where the tree begins in a notice.
_DETAIL = b"\0D{"


@dataclass(frozen=True)
class Analysis:
    """What PostgreSQL said.

    :param tree: the statement's QUERY; None when there is an error or no such tree.
    :param error: why the statement cannot run, as an ErrorResponse; empty when the back end ignores messages because
        an earlier one failed; None when there is none.
    :param ready: the ReadyForQuery after the analysis, when one was asked for.
    """

    tree: Node | None = None
    error: bytes | None = None
    ready: bytes = b""


async def analyze(backend: BackEnd, sql: str, types: bytes = NO_TYPES, *, synchronize: bool = False) -> Analysis:
    """Return the analyzed tree of a statement.

    :param backend: of the client's session, which sends nothing else in the meantime.
    :param sql: the statement as it will be sent to PostgreSQL.
    :param types: the count and types of its parameters, as they stand in a Parse.
    :param synchronize: whether to end with a Sync, as has to be before a Query: the back end takes messages again
        after an error, and an implicit transaction ends.
    """
    show, show_codes = own_statement(_NAME, _SHOW)
    hide, hide_codes = own_statement(_NAME, _HIDE)
    parsed = client_messages.close_statement(_NAME) + client_messages.parse(sql, _NAME, types)
    codes = (*show_codes, ClientMessage.CLOSE, ClientMessage.PARSE, *hide_codes)
    trees, ready = _Trees(len(codes)), _Ready()
    expected: list[tuple[ClientMessage, AnswerHandler]] = [(code, trees) for code in codes]
    messages = show + parsed + hide
    if synchronize:
        messages += client_messages.SYNC
        expected.append((ClientMessage.SYNC, ready))
    backend.send(messages + client_messages.FLUSH, *expected)
    backend.flush()
    await trees.done.wait()
    if synchronize:
        await ready.done.wait()
    if not trees.ok:
        return Analysis(None, trees.error or b"", ready.message)
    return Analysis(_read(trees.text), None, ready.message)


def _read(text: bytes) -> Node | None:
    """Return the tree; one that cannot be read is logged, and the statement goes without."""
    try:
        tree = parse(unwrap(text))
    except ValueError:
        log.warning("A query tree could not be read: %.200r", text)
        return None
    return tree if isinstance(tree, Node) else None


class _Trees(Reply):
    """Keeps the first tree: those after it are of the server's own statements."""

    text = b""

    def receive(self, code: int, message: bytes) -> bytes:
        """Hide all notices: those about the statement come again when it is sent."""
        if code != ServerMessage.NOTICE:
            return super().receive(code, message)
        at = message.find(_DETAIL)
        if not self.text and at >= 0:
            self.text = message[at + 2 : message.index(b"\0", at + 1)]
        return b""


class _Ready(AnswerHandler):
    """Keeps the ReadyForQuery, and lets nothing pass."""

    def __init__(self) -> None:
        self.message = b""
        self.done = asyncio.Event()

    def receive(self, code: int, message: bytes) -> bytes:
        """Keep it; an implicit transaction of the analysis has nothing to commit that could fail."""
        if code == ServerMessage.READY_FOR_QUERY:
            self.message = message
            self.done.set()
        return b""

    def skipped(self) -> None:
        """The back end is gone."""
        self.done.set()
