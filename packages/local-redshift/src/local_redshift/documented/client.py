"""Asks a server over psycopg, with values as the text that the server sent.

Contract: one statement after the other on one connection in autocommit mode; an error ends a case, not the connection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg

from local_redshift.documented.model import Answer, split_script


def ask(connection: psycopg.Connection[Any], sql: str) -> Answer:
    """Run statements, and return what the last of them or the first that failed gave.

    :param connection: in autocommit mode.
    :param sql: one or more statements.
    """
    answer = Answer()
    for statement in split_script(sql):
        try:
            cursor = connection.execute(statement.encode())
        except psycopg.Error as error:
            diagnosis = error.diag
            text = diagnosis.message_primary or str(error)
            return Answer(error=text, sqlstate=error.sqlstate, hint=diagnosis.message_hint)
        answer = _answer(cursor)
    return _with_type_names(connection, answer)


def _answer(cursor: psycopg.Cursor[Any]) -> Answer:
    result = cursor.pgresult
    if result is None or not result.nfields:
        return Answer()
    columns = range(result.nfields)
    rows = tuple(
        tuple(None if (value := result.get_value(row, at)) is None else value.decode() for at in columns)
        for row in range(result.ntuples)
    )
    names = tuple((result.fname(at) or b"").decode() for at in columns)
    return Answer(rows, tuple(f"{result.ftype(at)} {result.fmod(at)}" for at in columns), names=names)


def _with_type_names(connection: psycopg.Connection[Any], answer: Answer) -> Answer:
    if answer.types is None:
        return answer
    pairs = [pair.split() for pair in answer.types]
    calls = ", ".join(f"format_type({oid}, {modifier})" for oid, modifier in pairs)
    names = connection.execute(f"SELECT {calls}".encode()).fetchone() or ()
    return replace(answer, types=tuple(str(name) for name in names))
