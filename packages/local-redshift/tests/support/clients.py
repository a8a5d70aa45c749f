"""The clients that people bring, behind one small interface: run SQL, get rows or the error's text."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
import psycopg2
import redshift_connector

from local_redshift import RedshiftServer
from local_redshift.postgres import find_binaries


class ClientError(Exception):
    """What the server answered, whichever client asked."""


#: Runs statements in one session, each in autocommit mode, and returns the rows of the last.
Client = Callable[[RedshiftServer, list[str]], list[tuple[Any, ...]]]


def with_psycopg(server: RedshiftServer, statements: list[str]) -> list[tuple[Any, ...]]:
    """psycopg 3: the simple protocol as long as there are no parameters."""
    return _psycopg(server, statements, prepare=False)


def with_psycopg_extended(server: RedshiftServer, statements: list[str]) -> list[tuple[Any, ...]]:
    """psycopg 3, every statement prepared: the extended protocol."""
    return _psycopg(server, statements, prepare=True)


def _psycopg(server: RedshiftServer, statements: list[str], *, prepare: bool) -> list[tuple[Any, ...]]:
    with psycopg.connect(**server.connection(), autocommit=True) as connection:
        try:
            for statement in statements:
                cursor = connection.execute(statement, prepare=prepare)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise ClientError(str(error)) from error


def with_psycopg2(server: RedshiftServer, statements: list[str]) -> list[tuple[Any, ...]]:
    """psycopg2: the simple protocol."""
    with closing(psycopg2.connect(**server.connection())) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        try:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
        except psycopg2.Error as error:
            raise ClientError(str(error)) from error


def redshift_connection(server: RedshiftServer, **changes: Any) -> redshift_connector.Connection:
    """Return a connection of Amazon's driver in autocommit mode."""
    given = server.connection()
    given["database"] = given.pop("dbname")
    connection = redshift_connector.connect(**given | {"ssl": False} | changes)
    connection.autocommit = True
    return connection


def with_redshift_connector(server: RedshiftServer, statements: list[str]) -> list[tuple[Any, ...]]:
    """Amazon's driver: the extended protocol."""
    with closing(redshift_connection(server)) as connection:
        cursor = connection.cursor()
        try:
            for statement in statements:
                cursor.execute(statement)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
        except redshift_connector.Error as error:
            raise ClientError(str(error)) from error


def run_psql(server: RedshiftServer, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run psql on the server and return what it printed."""
    given = server.connection()
    address = f"host={given['host']} port={given['port']} dbname={given['dbname']} user={given['user']}"
    return subprocess.run(
        [_psql(), "-X", "-v", "ON_ERROR_STOP=1", address, *arguments],
        input=stdin,
        env=os.environ | {"PGPASSWORD": given["password"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _psql() -> str:
    return shutil.which("psql") or str(find_binaries() / "psql")


def with_psql(server: RedshiftServer, statements: list[str]) -> list[tuple[Any, ...]]:
    """psql: the simple protocol; values come back as text, which JSON reads where it can."""
    *before, last = statements
    script = "".join(["\\o /dev/null\n", *(f"{statement};\n" for statement in before), f"\\o\n{last};\n"])
    done = run_psql(server, "-qAt", "-F", "\t", stdin=script)
    if done.returncode != 0:
        raise ClientError(done.stderr)
    return [tuple(map(_value, line.split("\t"))) for line in done.stdout.splitlines()]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


CLIENTS: dict[str, Client] = {
    "psycopg": with_psycopg,
    "psycopg extended": with_psycopg_extended,
    "psycopg2": with_psycopg2,
    "redshift_connector": with_redshift_connector,
    "psql": with_psql,
}
