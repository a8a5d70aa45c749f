"""Runs an example and says what came of it."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from local_redshift.documented.client import ask
from local_redshift.documented.guide.compare import are_names_same, are_same
from local_redshift.documented.guide.model import Example, Outcome, Printed, Verdict
from local_redshift.documented.guide.rules import contradiction, digest, is_said_to_fail, needs_aws, why_not_run
from local_redshift.documented.guide.surroundings import Surroundings
from local_redshift.documented.guide.tables import made_object, made_table, names_in
from local_redshift.documented.model import Answer
from local_redshift.testing import check_statements
from local_redshift.wire.errors import RedshiftError

#: How this server refuses by name: feature_not_supported.
_REFUSED = "0A000"
#: raise_exception: RAISE EXCEPTION in a procedure.
_RAISED = "P0001"
_EXISTS = frozenset(("42P07", "42710", "42P06"))
#: Errors about a statement's text: a page that tells of an error means another one.
_NOT_UNDERSTOOD = frozenset(("42601", "42883", "42P01", "42703", "42704"))
_ABOUT_TEXT = re.compile(r"exist|syntax|unterminated|not found", re.IGNORECASE)


def judge(connection: psycopg.Connection[Any], schema: str, example: Example, around: Surroundings) -> Outcome:
    """Run an example.

    :param connection: in autocommit mode, with the page's schema first in its path.
    :param schema: the page's schema.
    :param example: the example.
    :param around: what the page's statements before it made.
    """
    if reason := why_not_run(example.sql):
        return Outcome(example, Verdict.SKIPPED, reason)
    if needs_aws(example.sql):
        return _checked(example)
    answer = ask(connection, example.sql)
    if answer.sqlstate in _EXISTS and example.error is None and _dropped(connection, schema, example.sql, around):
        answer = ask(connection, example.sql)
    if not connection.closed and connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
        connection.rollback()
    return (
        _error(example, answer, around)
        if answer.error is not None
        else _answered(connection, schema, example, answer, around)
    )


def _dropped(connection: psycopg.Connection[Any], schema: str, sql: str, around: Surroundings) -> bool:
    """Drop what a statement makes again: each section of a page begins with its own, whatever one before it made."""
    if table := made_table(sql):
        return ask(connection, f'DROP TABLE {schema}."{table}" CASCADE').error is None
    name = made_object(sql)
    return around.has_made(sql) and any(
        ask(connection, f'DROP {kind} "{name}"').error is None for kind in ("USER", "ROLE", "GROUP", "SCHEMA")
    )


def _checked(example: Example) -> Outcome:
    """Return what the text of a statement gives that cannot run without AWS."""
    try:
        check_statements(example.sql)
    except RedshiftError as error:
        if "credentials" in str(error):
            return Outcome(example, Verdict.SKIPPED, "It needs AWS, and its credentials are made up.")
        if error.sqlstate == _REFUSED:
            return Outcome(example, Verdict.REFUSED, f"{error.sqlstate} {error}")
        if reason := _why_misprinted(example.sql):
            return Outcome(example, Verdict.SKIPPED, reason)
        return Outcome(example, Verdict.FAILED, f"{error.sqlstate} {error}\n({digest(example.sql)})")
    return Outcome(example, Verdict.SKIPPED, "It needs AWS; its text is accepted.")


def _error(example: Example, answer: Answer, around: Surroundings) -> Outcome:
    text = f"{answer.sqlstate} {answer.error}" + (f" Hint: {answer.hint}" if answer.hint else "")
    if answer.sqlstate == _REFUSED:
        return Outcome(example, Verdict.REFUSED, text)
    if example.error is not None and (answer.sqlstate not in _NOT_UNDERSTOOD or _ABOUT_TEXT.search(example.error)):
        return Outcome(example, Verdict.RIGHT, f"{text} Printed: {example.error}")
    if (
        example.printed is None
        and is_said_to_fail(example.before, example.after)
        and answer.sqlstate not in _NOT_UNDERSTOOD
    ):
        return Outcome(example, Verdict.RIGHT, f"{text} The page says that it fails.")
    if answer.sqlstate == _RAISED:
        return Outcome(example, Verdict.ACCEPTED, f"A procedure of the page raises it: {text}")
    if reason := around.why_missing(example.sql, answer) or _why_misprinted(example.sql):
        return Outcome(example, Verdict.SKIPPED, reason)
    return Outcome(example, Verdict.FAILED, f"{text}\n({digest(example.sql)})")


def _why_misprinted(sql: str) -> str | None:
    return f"The page misprints it: {reason}" if (reason := contradiction(sql)) else None


def _answered(
    connection: psycopg.Connection[Any], schema: str, example: Example, answer: Answer, around: Surroundings
) -> Outcome:
    if example.error is None and example.printed is None:
        return Outcome(example, Verdict.ACCEPTED, "What is printed is no table." if example.unread else "")
    if example.printed and answer.rows is None:
        return Outcome(example, Verdict.ACCEPTED, "It has no rows; what is printed belongs to another statement.")
    names_right = are_names_same(example.printed, answer.names or ()) if example.printed else None
    if example.printed and are_same(example.printed, answer, example.sql):
        return Outcome(example, Verdict.RIGHT, are_names_right=names_right)
    if reason := contradiction(example.sql):
        return Outcome(example, Verdict.ACCEPTED, f"The page contradicts itself: {reason}")
    if reason := around.why_not_compared(example.sql) or _why_empty(connection, schema, around.expand(example.sql)):
        return Outcome(example, Verdict.ACCEPTED, reason)
    if example.error and (reason := around.why_not_failed(example.sql)):
        return Outcome(example, Verdict.ACCEPTED, reason)
    if not example.printed:
        return Outcome(example, Verdict.WRONG, f"It ran. Printed: {example.error}\n({digest(example.sql)})")
    return Outcome(example, Verdict.WRONG, f"{_both(example.printed, answer)}\n({digest(example.sql)})", names_right)


def _why_empty(connection: psycopg.Connection[Any], schema: str, expanded: str) -> str | None:
    """Return the reason when a statement reads a table of the page's that nothing filled."""
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN (%s, 'public')", (schema,)
    ).fetchall()
    named = names_in(expanded)
    for place, table in tables:
        if table in named and not connection.execute(f'SELECT 1 FROM {place}."{table}" LIMIT 1'.encode()).fetchall():
            return f"The page has no data for {table}."
    return None


def _both(printed: Printed, answer: Answer) -> str:
    lines = ["Printed:", " | ".join(printed.names), *(" | ".join(row) for row in printed.rows[:20])]
    lines += ["Answered:", " | ".join(answer.names or ())]
    lines += [" | ".join("NULL" if cell is None else cell for cell in row) for row in (answer.rows or ())[:20]]
    return "\n".join(lines)
