"""Asks PostgreSQL what a statement means: its analyzed query tree, in which every expression has a type.

Contract: runs in the client's own session and transaction, executes nothing, and leaves no setting changed. PostgreSQL
prints the tree of a statement that it parses when ``debug_print_parse`` is on; here it goes to the client instead of
the server's log, and this module takes it on its way.
https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-DEBUG-PRINT-PARSE
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from local_redshift.query_tree.nodes import Node, parse, unwrap
from local_redshift.session.answers import Reply
from local_redshift.session.backend import BackEnd, own_statement
from local_redshift.wire import client_messages
from local_redshift.wire.protocol import ClientMessage, ServerMessage

log = logging.getLogger(__name__)

#: The tail of a Parse whose parameters have no types.
NO_TYPES = b"\0\0"

_NAME = b"redshift_analysis"
_SHOW = "SELECT redshift_catalog.show_trees(true)"
_HIDE = "SELECT redshift_catalog.show_trees(false)"

#: A type in a tree that is PostgreSQL's for decimals.
_NUMERIC = b" 1700"

#: Where the tree begins in a notice.
_DETAIL = b"\0D{"


@dataclass(frozen=True)
class Analysis:
    """What PostgreSQL said.

    :param text: the statement's tree as PostgreSQL writes it; empty when there is an error or no tree.
    :param error: why the statement cannot run, as an ErrorResponse; empty when the back end ignores messages because
        an earlier one failed; None when there is none.
    """

    text: bytes = b""
    error: bytes | None = None

    @cached_property
    def tree(self) -> Node | None:
        """The statement's QUERY; None when there is none that can be read."""
        try:
            tree = parse(unwrap(self.text)) if self.text else None
        except ValueError:
            log.warning("A query tree could not be read: %.200r", self.text)
            return None
        return tree if isinstance(tree, Node) else None

    @property
    def has_decimals(self) -> bool:
        """Whether any expression is a DECIMAL."""
        return _NUMERIC in self.text


async def analyze(backend: BackEnd, sql: str, types: bytes = NO_TYPES) -> Analysis:
    """Return the analyzed tree of a statement.

    :param backend: of the client's session, which sends nothing else in the meantime.
    :param sql: the statement as it will be sent to PostgreSQL.
    :param types: the count and types of its parameters, as they stand in a Parse.
    """
    show, show_codes = own_statement(_NAME, _SHOW)
    hide, hide_codes = own_statement(_NAME, _HIDE)
    parsed = client_messages.close_statement(_NAME) + client_messages.parse(sql, _NAME, types)
    codes = (*show_codes, ClientMessage.CLOSE, ClientMessage.PARSE, *hide_codes)
    trees = _Trees(len(codes))
    backend.ask(show + parsed + hide, codes, trees)
    await trees.done.wait()
    return Analysis(trees.text) if trees.ok else Analysis(error=trees.error or b"")


async def printed_trees(backend: BackEnd, sql: str, value: str) -> Sequence[bytes]:
    """Return the trees that PostgreSQL prints while it runs a statement of the server's own.

    :param backend: of the client's session, which sends nothing else in the meantime.
    :param sql: the statement.
    :param value: its parameter.
    """
    messages, codes = own_statement(_NAME, sql, [value])
    trees = _Trees(len(codes))
    backend.ask(messages, codes, trees)
    await trees.done.wait()
    return trees.texts


class _Trees(Reply):
    """Keeps the trees."""

    def __init__(self, messages: int) -> None:
        super().__init__(messages)
        self.texts: list[bytes] = []

    @property
    def text(self) -> bytes:
        """The first: those after it are of the server's own statements."""
        return self.texts[0] if self.texts else b""

    def receive(self, code: int, message: bytes) -> bytes:
        """Hide all notices: those about the statement come again when it is sent."""
        if code != ServerMessage.NOTICE:
            return super().receive(code, message)
        at = message.find(_DETAIL)
        if at >= 0:
            self.texts.append(message[at + 2 : message.index(b"\0", at + 1)])
        return b""
