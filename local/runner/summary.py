"""The summary of a run: row counts, three of the analysts' queries, and the state of the quality checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from rich.table import Table

from local.runner.errors import RunnerError
from local.runner.sql_files import query
from local.runner.stack import Stack

_QUESTIONS = {
    "top_songs": "Top songs",
    "active_users_by_hour": "Active users by hour",
    "free_against_paid": "Free against paid",
}
#: Rows that are shown of each answer.
_ROWS = 5


@dataclass(frozen=True)
class Answer:
    """The result of a query."""

    title: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


def show_summary(stack: Stack) -> None:
    """Print row counts, the answers to the analysts' questions, and how to connect."""
    output = stack.console.output
    with psycopg.connect(stack.redshift.dsn(), autocommit=True) as connection:
        answers = [_row_counts(connection)]
        for name, title in _QUESTIONS.items():
            answers.append(ask(connection, title, query(f"analytics/{name}.sql")))
    for answer in answers:
        output.print()
        output.print(_table(answer, None if answer is answers[0] else _ROWS))
    output.print()
    login = stack.settings.airflow_login
    stack.console.say(f"Airflow:   {stack.address}   user {login.user}, password {login.password}")
    stack.console.say(f'Warehouse: psql "{stack.redshift.dsn()}"   or: make psql')


def failed_checks(stack: Stack) -> list[str]:
    """Return the quality checks that failed when they were last run, one sentence each.

    :raises RunnerError: when the results cannot be read.
    """
    try:
        with psycopg.connect(stack.redshift.dsn(), autocommit=True) as connection:
            rows = connection.execute(query("runner/failed_checks.sql"), {}).fetchall()
    except psycopg.Error as error:
        raise RunnerError(f"The results of the quality checks could not be read: {error}") from error
    return [
        f"Check {name} of {partition or 'a run'} found {failures} offending row(s){f': {sample}' if sample else '.'}"
        for name, partition, failures, sample in rows
    ]


def ask(connection: psycopg.Connection[Any], title: str, question: bytes) -> Answer:
    """Run a query of ``sql/analytics`` over all time and return its result.

    :param title: what it answers.
    :param question: the query, see :func:`~local.runner.sql_files.query`.
    """
    cursor = connection.execute(question, {"since": "1970-01-01", "until": "2100-01-01"})
    return Answer(title, [column.name for column in cursor.description or ()], cursor.fetchall())


def _row_counts(connection: psycopg.Connection[Any]) -> Answer:
    rows = []
    for schema, table in connection.execute(query("runner/tables.sql"), {}).fetchall():
        count = sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(schema, table))
        found = connection.execute(count).fetchone()
        rows.append((table if schema == "public" else f"{schema}.{table}", found[0] if found else 0))
    return Answer("Rows", ["table", "rows"], rows)


def _table(answer: Answer, limit: int | None) -> Table:
    shown = answer.rows[:limit]
    more = len(answer.rows) - len(shown)
    caption = f"and {more} more rows" if more else None
    table = Table(title=answer.title, title_justify="left", caption=caption, caption_justify="left", box=None)
    for number, name in enumerate(answer.columns):
        table.add_column(name, justify="right" if _is_numeric(shown, number) else "left")
    for row in shown:
        table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row))
    return table


def _is_numeric(rows: Sequence[tuple[Any, ...]], column: int) -> bool:
    return bool(rows) and all(isinstance(row[column], int | float) for row in rows)
