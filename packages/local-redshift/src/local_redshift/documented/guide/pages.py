"""Runs a page's statements in a schema of its own, and judges what they give.

Contract: what a page makes is dropped after it. On a server that the command did not start, only the page's schema is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from local_redshift.documented.client import ask
from local_redshift.documented.guide.compare import are_names_same, are_same
from local_redshift.documented.guide.model import Example, Outcome, Page, Printed, Verdict
from local_redshift.documented.guide.rules import is_ordered, is_system_name, needs_aws, why_not_compared, why_not_run
from local_redshift.documented.guide.tables import Recipe, borrowed
from local_redshift.documented.model import Answer
from local_redshift.statements.tokens.lexer import QUOTED, WORD, tokenize
from local_redshift.testing import check_statements
from local_redshift.wire.errors import RedshiftError

#: How this server refuses by name: feature_not_supported.
_REFUSED = "0A000"
#: Something named does not exist: function, table, column, schema, object, database, prepared statement, cursor.
_MISSING = frozenset(("42883", "42P01", "42703", "3F000", "42704", "3D000", "26000", "34000"))
_UNDEFINED_TABLE = "42P01"
_QUOTED = re.compile(r'"([^"]+)"|function ([\w.]+)\(')
_SCHEMA = "guide_page"

Connect = Callable[[], psycopg.Connection[Any]]


class PageRun:
    """Runs pages one after the other.

    :param connect: opens a connection in autocommit mode.
    :param recipes: how tables that pages do not make themselves are made.
    :param own: whether the server is the command's own, so that all that pages leave behind can be dropped.
    """

    def __init__(self, connect: Connect, recipes: Mapping[str, Recipe], *, own: bool) -> None:
        self._connect = connect
        self._recipes = recipes
        self._own = own

    def run(self, page: Page) -> list[Outcome]:
        """Return what came of each of a page's statements.

        :param page: the page.
        """
        with self._session() as connection:
            lent = borrowed(page, self._recipes)
            for recipe in lent.values():
                for sql in recipe.statements:
                    ask(connection, sql)
            empty = {name for name, recipe in lent.items() if len(recipe.statements) == 1}
            return list(_outcomes(connection, self._connect, page, empty))

    @contextmanager
    def _session(self) -> Iterator[psycopg.Connection[Any]]:
        with self._connect() as keeper:
            before = _made(keeper) if self._own else set()
            keeper.execute(f"CREATE SCHEMA {_SCHEMA}".encode())
            try:
                with self._connect() as connection:
                    _enter(connection)
                    yield connection
            finally:
                keeper.execute(f"DROP SCHEMA {_SCHEMA} CASCADE".encode())
                for statement in (_made(keeper) if self._own else set()) - before:
                    ask(keeper, statement)


def _enter(connection: psycopg.Connection[Any]) -> None:
    connection.execute(f"SET search_path TO {_SCHEMA}, public".encode())
    connection.execute("SET statement_timeout TO 20000")


def _made(connection: psycopg.Connection[Any]) -> set[str]:
    """Return the statements that would drop what is outside of the page's schema."""
    rows = connection.execute(
        """
        SELECT 'DROP SCHEMA "' || nspname || '" CASCADE' FROM pg_namespace WHERE nspname !~ '^pg_'
        UNION ALL SELECT 'DROP TABLE public."' || tablename || '" CASCADE' FROM pg_tables WHERE schemaname = 'public'
        UNION ALL SELECT 'DROP VIEW public."' || viewname || '" CASCADE' FROM pg_views WHERE schemaname = 'public'
        UNION ALL SELECT 'DROP USER "' || usename || '"' FROM pg_user
        UNION ALL SELECT 'DROP GROUP "' || groname || '"' FROM pg_group
        """
    ).fetchall()
    return {str(row[0]) for row in rows}


def _outcomes(connection: psycopg.Connection[Any], connect: Connect, page: Page, empty: set[str]) -> Iterator[Outcome]:
    not_run: list[str] = []
    for example in page.examples:
        if connection.closed:
            connection = connect()
            _enter(connection)
        outcome = _outcome(connection, example, not_run, empty)
        if outcome.verdict in (Verdict.REFUSED, Verdict.FAILED, Verdict.SKIPPED) or needs_aws(example.sql):
            not_run.append(example.sql)
        yield outcome


def _outcome(connection: psycopg.Connection[Any], example: Example, not_run: list[str], empty: set[str]) -> Outcome:
    if reason := why_not_run(example.sql):
        return Outcome(example, Verdict.SKIPPED, reason)
    if needs_aws(example.sql):
        return _checked(example)
    answer = ask(connection, example.sql)
    if not connection.closed and connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
        connection.rollback()
    if answer.error is not None:
        return _error(example, answer, not_run)
    if example.error is not None:
        return Outcome(example, Verdict.WRONG, f"It ran. Printed: {example.error}")
    if example.printed is None:
        return Outcome(example, Verdict.ACCEPTED, "What is printed is no table." if example.unread else "")
    return _compared(connection, example, example.printed, answer, empty)


def _checked(example: Example) -> Outcome:
    """Return what the text of a statement gives that cannot run without AWS."""
    try:
        check_statements(example.sql)
    except RedshiftError as error:
        verdict = Verdict.REFUSED if error.sqlstate == _REFUSED else Verdict.FAILED
        return Outcome(example, verdict, f"{error.sqlstate} {error}")
    return Outcome(example, Verdict.SKIPPED, "It needs AWS; its text is accepted.")


def _error(example: Example, answer: Answer, not_run: list[str]) -> Outcome:
    text = f"{answer.sqlstate} {answer.error}" + (f" Hint: {answer.hint}" if answer.hint else "")
    if answer.sqlstate == _REFUSED:
        return Outcome(example, Verdict.REFUSED, text)
    if example.error is not None:
        return Outcome(example, Verdict.RIGHT, f"{text} Printed: {example.error}")
    names = {(match[1] or match[2]).lower() for match in _QUOTED.finditer(answer.error or "")}
    if answer.sqlstate in _MISSING and any(_mentions(sql, names) for sql in not_run):
        return Outcome(example, Verdict.SKIPPED, f"A statement before it did not run: {answer.error}")
    if answer.sqlstate == _UNDEFINED_TABLE and not any(is_system_name(name) for name in names):
        return Outcome(example, Verdict.SKIPPED, f"No page makes its table: {answer.error}")
    return Outcome(example, Verdict.FAILED, text)


def _mentions(sql: str, names: set[str]) -> bool:
    parts = {part for name in names for part in (name, name.rpartition(".")[2])}
    return any(token.name in parts for token in tokenize(sql) if token.kind in (WORD, QUOTED))


def _compared(
    connection: psycopg.Connection[Any], example: Example, printed: Printed, answer: Answer, empty: set[str]
) -> Outcome:
    names = answer.names or ()
    if are_same(printed, answer, ordered=is_ordered(example.sql)):
        return Outcome(example, Verdict.RIGHT, are_names_right=are_names_same(printed, names))
    reason = why_not_compared(example.sql) or _why_no_data(connection, example.sql, empty)
    if reason:
        return Outcome(example, Verdict.ACCEPTED, reason)
    return Outcome(
        example, Verdict.WRONG, are_names_right=are_names_same(printed, names), reason=_both(printed, answer)
    )


def _why_no_data(connection: psycopg.Connection[Any], sql: str, empty: set[str]) -> str | None:
    """Return the reason when a statement reads a table whose rows the guide does not give."""
    named = {token.name for token in tokenize(sql) if token.kind in (WORD, QUOTED)}
    if lacking := sorted(named & empty):
        return f"The page has no data for {', '.join(lacking)}."
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname IN (%s, 'public')", (_SCHEMA,)
    ).fetchall()
    for (table,) in rows:
        if table in named and not connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1'.encode()).fetchall():
            return f"The page has no data for {table}."
    return None


def _both(printed: Printed, answer: Answer) -> str:
    lines = ["Printed:", " | ".join(printed.names), *(" | ".join(row) for row in printed.rows[:20])]
    lines += ["Answered:", " | ".join(answer.names or ())]
    lines += [" | ".join("NULL" if cell is None else cell for cell in row) for row in (answer.rows or ())[:20]]
    return "\n".join(lines)
