"""ANALYZE and VACUUM with Redshift's options, as PostgreSQL's."""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.model import Statement, StatementKind
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.lexer import Token

_VACUUMS = ("FULL", "REINDEX", "RECLUSTER")


def plan_analyze(tokens: Sequence[Token], original: str) -> Statement:
    """Plan ANALYZE [VERBOSE] [table [(columns)]] [PREDICATE COLUMNS | ALL COLUMNS].

    https://docs.aws.amazon.com/redshift/latest/dg/r_ANALYZE.html

    :param tokens: the statement.
    :param original: its text.
    :raises RedshiftError: for ANALYZE COMPRESSION, which needs Redshift's storage.
    """
    cursor = Cursor(tokens, 1)
    if cursor.peek("COMPRESSION"):
        raise not_here("ANALYZE COMPRESSION", tokens[0], "Leave encodings to ENCODE AUTO.")
    cursor.accept("VERBOSE")
    if cursor.done:
        return Statement(StatementKind.PASS, original, original)
    first = cursor.at
    if not _at_columns(cursor):
        cursor.names()
        if cursor.peek("("):
            cursor.bracketed_names()
    subject = _source(tokens, original, first, cursor.at)
    if not (cursor.accept("PREDICATE", "COLUMNS") or cursor.accept("ALL", "COLUMNS") or cursor.done):
        raise syntax_error(cursor.next)
    return Statement(StatementKind.PASS, original, f"ANALYZE {subject}".rstrip())


def plan_vacuum(tokens: Sequence[Token], original: str) -> Statement:
    """Plan VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX | RECLUSTER] [table] [TO n PERCENT] [BOOST].

    All of them become PostgreSQL's plain VACUUM, because tables are not sorted here. Like Redshift's, it is refused in
    a transaction block. https://docs.aws.amazon.com/redshift/latest/dg/r_VACUUM_command.html

    :param tokens: the statement.
    :param original: its text.
    :raises RedshiftError: for PostgreSQL's options.
    """
    cursor = Cursor(tokens, 1)
    if cursor.upper in _VACUUMS:
        cursor.take()
    elif cursor.accept("SORT") or cursor.accept("DELETE"):
        cursor.expect("ONLY")
    first = cursor.at
    if not cursor.done and cursor.upper not in ("TO", "BOOST"):
        cursor.names()
    table = _source(tokens, original, first, cursor.at)
    if cursor.accept("TO"):
        cursor.take()
        cursor.expect("PERCENT")
    cursor.accept("BOOST")
    if not cursor.done:
        raise syntax_error(cursor.next)
    return Statement(StatementKind.NOT_IN_TRANSACTION, original, f"VACUUM {table}".rstrip())


def _at_columns(cursor: Cursor) -> bool:
    return cursor.peek("PREDICATE", "COLUMNS") or cursor.peek("ALL", "COLUMNS")


def _source(tokens: Sequence[Token], original: str, first: int, end: int) -> str:
    """Return a part of the statement as it was written."""
    if first == end:
        return ""
    offset = tokens[0].start
    return original[tokens[first].start - offset : tokens[end - 1].end - offset]
