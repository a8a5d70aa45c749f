"""Finds out what a statement's names mean before it is sent: which are aliases of its own SELECT list, and which
columns a table has that PIVOT or UNPIVOT reads.

Contract: the planner names candidates; PostgreSQL tells which of them are not columns, in the client's own session, so
that temporary and uncommitted tables count. Only those are replaced by their expressions. Nothing is executed.
https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from local_redshift.session.backend import BackEnd
from local_redshift.session.planning import on_thread
from local_redshift.statements import Statement, plan_script
from local_redshift.statements.queries.lateral_aliases import inline_alias
from local_redshift.statements.tokens.edits import closing
from local_redshift.statements.tokens.lexer import tokenize

_NAME = b"redshift_resolution"
_MISSING_COLUMN = "SELECT redshift_catalog.missing_column($1)"
_COLUMNS = """
SELECT attname FROM pg_catalog.pg_attribute
WHERE attrelid = $1::pg_catalog.text::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


@dataclass(frozen=True)
class Resolution:
    """A statement as it can be sent, or why it cannot.

    :param statement: the statement.
    :param error: for the client; empty when the back end ignores messages because an earlier one failed.
    """

    statement: Statement
    error: bytes | None = None


async def resolve_names(backend: BackEnd, statement: Statement, *, lenient: bool) -> Resolution:
    """Look up the columns that a statement needs, and replace the aliases that PostgreSQL does not know.

    :param backend: of the client's session, which sends nothing else in the meantime.
    :param statement: one with candidates.
    :param lenient: whether what only PostgreSQL has is warned of instead of refused.
    :raises RedshiftError: when it is refused or takes too long in all steps together.
    """
    text, resolved, began = statement.original, statement, time.monotonic()
    columns: dict[str, list[str]] = {}
    while resolved.relation is not None:
        reply = await backend.query(_NAME, _COLUMNS, [resolved.relation])
        if not reply.ok:
            return Resolution(resolved, reply.error or b"")
        columns[resolved.relation] = [str(row[0]) for row in reply.rows]
        (resolved,) = await on_thread(partial(plan_script, text, columns=columns, lenient=lenient), since=began)
    query = resolved.query or explainable(resolved.sql)
    for _ in resolved.lateral_aliases:
        reply = await backend.query(_NAME, _MISSING_COLUMN, [query])
        if not reply.ok:
            return Resolution(resolved, reply.error or b"")
        name = reply.rows[0][0]
        if name is None or name not in resolved.lateral_aliases:
            break
        again = partial(plan_script, columns=columns, lenient=lenient)
        work = partial(_inline, text, name, again)
        text, resolved, query = await on_thread(work, since=began)
    return Resolution(resolved)


def _inline(text: str, name: str, again: Callable[[str], Sequence[Statement]]) -> tuple[str, Statement, str]:
    """Return a text without an alias, its plan, and what EXPLAIN takes of it."""
    text = inline_alias(text, name)
    (resolved,) = again(text)
    return text, resolved, resolved.query or explainable(resolved.sql)


def explainable(sql: str) -> str:
    """Return what EXPLAIN takes of a statement: of CREATE VIEW the query."""
    tokens = tokenize(sql)
    if "VIEW" not in [token.upper for token in tokens[:4]]:
        return sql
    at = 0
    while at < len(tokens) and tokens[at].upper != "AS":
        at = closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    return sql[tokens[at].end :] if at < len(tokens) else sql
