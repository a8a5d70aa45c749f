"""Asks a server by psycopg2, with values as the text that the server sent.

psycopg2 and not the pipeline's redshift_connector: that one asks for binary values, and its text is Python's, not the
server's. psycopg 3 sends start-up parameters and a ``client_encoding`` that Redshift does not know. The pipeline itself
runs with its own driver all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg2
from psycopg2 import extensions

from local_redshift.documented import Answer, split_script
from sparkify.hooks.connecting import authorities, find_login

_NUMERIC, _CHARACTER = 1700, (1042, 1043)
#: How a length or a precision and scale are hidden in a column's modifier:
#: https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/numeric.c (make_numeric_typmod)
_HEADER = 4
#: Every type that psycopg2 would make a Python value of.
_RAW = extensions.new_type(tuple(extensions.string_types), "RAW", lambda value, cursor: value)


class Asker:
    """A session in autocommit mode that keeps text as it is.

    :param connection: of psycopg2.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        connection.autocommit = True
        extensions.register_type(_RAW, connection)

    def __call__(self, sql: str) -> Answer:
        """Run statements, and return what the last of them or the first that failed gave.

        :param sql: one or more statements.
        """
        answer = Answer()
        for statement in split_script(sql):
            with self._connection.cursor() as cursor:
                try:
                    cursor.execute(statement)
                except psycopg2.Error as error:
                    diagnosis = error.diag
                    text = diagnosis.message_primary or str(error).strip()
                    return Answer(error=text, sqlstate=error.pgcode, hint=diagnosis.message_hint)
                answer = _answer(cursor)
        return self._with_type_names(answer)

    def rows(self, sql: str) -> list[tuple[str | None, ...]]:
        """Return the rows of a query.

        :raises RuntimeError: when it fails.
        """
        answer = self(sql)
        if answer.error is not None:
            raise RuntimeError(f"{answer.error}: {sql}")
        return list(answer.rows or ())

    def leave_failed(self) -> None:
        """End a transaction in which a statement failed; one that goes on stays open."""
        if self._connection.info.transaction_status == extensions.TRANSACTION_STATUS_INERROR:
            self("ROLLBACK")

    def _with_type_names(self, answer: Answer) -> Answer:
        if not answer.types:
            return answer
        calls = ", ".join(f"format_type({pair.replace(' ', ', ')})" for pair in answer.types)
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(f"SELECT {calls}")
            except psycopg2.Error:  # in a transaction that failed
                return replace(answer, types=None)
            return replace(answer, types=tuple(cursor.fetchone()))


@contextmanager
def open_asker(conn_id: str, aws_conn_id: str | None, *, database: str | None = None) -> Iterator[Asker]:
    """Open a session by an Airflow connection.

    :param conn_id: of type ``redshift`` or ``postgres``.
    :param aws_conn_id: asks for a login by IAM.
    :param database: in place of the connection's own.
    """
    login = find_login(conn_id, aws_conn_id)
    connection = psycopg2.connect(
        host=login.host,
        port=login.port or 5439,
        user=login.login,
        password=login.password,
        dbname=database or login.schema,
        connect_timeout=30,
        keepalives_idle=60,
        application_name="verify",
        **_encryption(login.extra_dejson),
    )
    try:
        yield Asker(connection)
    finally:
        connection.close()


def _encryption(extra: dict[str, Any]) -> dict[str, Any]:
    """Return psycopg2's options of TLS for the extra of a connection: by default the server has to prove its name."""
    if str(extra.get("ssl", True)).lower() in ("false", "f", "0"):
        return {"sslmode": "disable"}
    return {
        "sslmode": str(extra.get("sslmode", "verify-full")),
        "sslrootcert": str(extra.get("sslrootcert", authorities())),
    }


def _answer(cursor: Any) -> Answer:
    if cursor.description is None:
        return Answer()
    rows = tuple(tuple(row) for row in cursor.fetchall())
    names = tuple(str(column.name) for column in cursor.description)
    return Answer(rows, tuple(map(_type, cursor.description)), names=names)


def _type(column: Any) -> str:
    """Return a column's type as ``oid modifier``; psycopg2 tells the modifier in parts."""
    oid = int(column.type_code)
    if oid == _NUMERIC and column.precision not in (None, 0, 65535):
        return f"{oid} {(int(column.precision) << 16 | int(column.scale)) + _HEADER}"
    if oid in _CHARACTER and column.internal_size > 0:
        return f"{oid} {int(column.internal_size) + _HEADER}"
    return f"{oid} -1"
