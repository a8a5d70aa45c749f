"""Sessions with the warehouse, with either of the two drivers.

Everything works alike on a connection of type ``redshift`` (redshift_connector) and of type ``postgres`` (psycopg).
Sessions run in autocommit with explicit ``BEGIN`` and ``COMMIT``, so that the log shows where a transaction begins and
ends.
"""

from __future__ import annotations

import ssl
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

from sparkify.hooks.connecting import connect, shut_down
from sparkify.hooks.errors import LockWaitError, is_cancelled
from sparkify.hooks.locks import LOCK_WAIT_SECONDS, Query, explain_table
from sparkify.hooks.sql_text import put_values, quote_identifier, quote_literal, split_statements
from sparkify.hooks.statement_log import StatementLog

#: Redshift cuts a query group's label at 320 characters:
#: https://docs.aws.amazon.com/redshift/latest/dg/r_query_group.html
_LABEL_LIMIT = 320


class WarehouseSession:
    """Runs statements on one connection.

    :param connection: an open DB-API connection in autocommit mode.
    :param hook: the hook that made it, for cancelling from a second connection.
    :param statements: where the statements are logged, if anywhere.
    :param lock_wait_seconds: how long a transaction waits for its lock.
    """

    def __init__(
        self,
        connection: Any,
        hook: WarehouseHook,
        statements: StatementLog | None = None,
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
    ) -> None:
        self._connection = connection
        self.lock_wait_seconds = lock_wait_seconds
        self._hook = hook
        self._statements: StatementLog | None = None
        #: The session's process id, which is needed to cancel its statements and to find its load errors.
        self.pid = _pid_from_login(connection) or int(self.one("SELECT pg_backend_pid()")[0])
        self._statements = statements

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection uses TLS."""
        if hasattr(self._connection, "_usock"):
            return isinstance(self._connection._usock, ssl.SSLSocket)
        return bool(self._connection.pgconn.ssl_in_use)

    def run(self, sql: str, parameters: Sequence[Any] | None = None, *, secret: bool = False) -> int:
        """Run one statement and return the number of rows it changed (-1 when the driver does not know).

        :param sql: one statement; ``%s`` stands for a parameter.
        :param parameters: the parameters' values.
        :param secret: keeps the statement's text out of the log, for statements that contain credentials.
        """
        with self._noted(sql, parameters, secret=secret), self._cursor() as cursor:
            self._execute(cursor, sql, parameters)
            return int(cursor.rowcount)

    def run_script(self, script: str, values: Mapping[str, Any] | None = None) -> int:
        """Run the statements of a script in order, and return the number of rows that the last one changed.

        :param script: the statements.
        :param values: the values of their ``:name`` parameters, see :func:`~sparkify.hooks.sql_text.put_values`.
        """
        changed = 0
        for statement in split_statements(script):
            changed = self.run(put_values(statement, values or {}))
        return changed

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one query and return all of its rows."""
        with self._noted(sql, parameters), self._cursor() as cursor:
            self._execute(cursor, sql, parameters)
            return [tuple(row) for row in cursor.fetchall()]

    def records(self, sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one query and return its rows as dicts.

        :param sql: a query.
        :param values: the values of its ``:name`` parameters, see :func:`~sparkify.hooks.sql_text.put_values`.
        """
        bound = put_values(sql.strip().rstrip(";"), values or {})
        with self._noted(bound, None), self._cursor() as cursor:
            self._execute(cursor, bound, None)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in their order.

        :param table: the table, with or without its schema; it may be temporary.
        """
        with self._cursor() as cursor:
            self._execute(cursor, f"SELECT * FROM {quote_identifier(table)} WHERE FALSE", None)
            return [column[0] for column in cursor.description]

    def one(self, sql: str, parameters: Sequence[Any] | None = None) -> tuple[Any, ...]:
        """Run a query that returns exactly one row and return it.

        :raises LookupError: when it returned none or several.
        """
        rows = self.rows(sql, parameters)
        if len(rows) != 1:
            raise LookupError(f"Expected one row, got {len(rows)}, from: {sql}")
        return rows[0]

    @contextmanager
    def transaction(self, lock: str | None = None) -> Iterator[None]:
        """Run the block in one transaction; roll back when it raises.

        :param lock: a table to lock first. Writers queue on it before any statement takes a snapshot, so that they read
            everything that earlier writers committed. It must be a table that nobody reads, because LOCK is ACCESS
            EXCLUSIVE:
            https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html
        :raises LockWaitError: when another session holds the lock for longer than ``lock_wait_seconds``.
        """
        self._begin(lock)
        try:
            yield
            self.run("COMMIT")
        except Exception:
            with suppress(Exception):  # the first error is the one to report
                self.run("ROLLBACK")
            raise
        except BaseException:  # the task has timed out or is killed, maybe in the middle of a statement
            self.abandon()
            raise

    def _begin(self, lock: str | None) -> None:
        """Begin a transaction, and take its lock within ``lock_wait_seconds``."""
        self.run("BEGIN")
        if lock is None:
            return
        try:
            with self.bounded_wait(lambda query, seconds: explain_table(query, lock, seconds)):
                self.run(f"LOCK {quote_identifier(lock)}")
        except Exception:
            raise
        except BaseException:  # the task has timed out or is killed while it waits
            self.abandon()
            raise

    @contextmanager
    def bounded_wait(self, explain: Callable[[Query, float], str]) -> Iterator[None]:
        """Limit the time that the block's statements wait for a lock to ``lock_wait_seconds``.

        Use it within a transaction, which is rolled back when the block raises.

        :param explain: returns who holds the lock, given a function that runs queries and the seconds waited.
        :raises LockWaitError: when the lock was not free in time.
        """
        try:
            self.run(f"SET statement_timeout TO {round(self.lock_wait_seconds * 1000)}")
            yield
            self.run("RESET statement_timeout")
        except Exception as error:
            with suppress(Exception):  # the first error is the one to report
                self.run("ROLLBACK")
                self.run("RESET statement_timeout")
            if is_cancelled(error):
                raise LockWaitError(explain(self.rows, self.lock_wait_seconds)) from error
            raise

    def abandon(self) -> None:
        """End the session without waiting for its statement, whose answer may never come.

        A thread that waits for the answer gets an error instead. The server rolls back an open transaction when the
        connection is gone, but may notice this only after the statement: so the statement is cancelled as well.
        """
        with suppress(Exception):  # it may have ended already
            shut_down(self._connection)
        with suppress(Exception):  # the warehouse may be out of reach
            self.cancel()

    def cancel(self) -> None:
        """Cancel this session's current statement from a second connection."""
        with self._hook.session() as other:
            other.rows("SELECT pg_cancel_backend(%s)", (self.pid,))

    def _noted(
        self, sql: str, parameters: Sequence[Any] | None, *, secret: bool = False
    ) -> AbstractContextManager[None]:
        return self._statements.timed(sql, parameters, secret=secret) if self._statements else nullcontext()

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            with suppress(Exception):
                cursor.close()

    @staticmethod
    def _execute(cursor: Any, sql: str, parameters: Sequence[Any] | None) -> None:
        # Without parameters neither driver interprets '%', so SQL files need no escapes.
        if parameters is None:
            cursor.execute(sql)
        else:
            cursor.execute(sql, tuple(parameters))


def _pid_from_login(connection: Any) -> int | None:
    """Return the process id that the server sent at login in BackendKeyData, ``None`` if it sent none.

    https://www.postgresql.org/docs/current/protocol-message-formats.html
    """
    if hasattr(connection, "info"):  # psycopg
        return int(connection.info.backend_pid) or None
    key_data = getattr(connection, "_backend_key_data", None)  # redshift_connector: process id and secret
    return int(struct.unpack_from("!i", key_data)[0]) if key_data and len(key_data) >= struct.calcsize("!i") else None


class WarehouseHook:
    """Opens sessions on the warehouse of an Airflow connection.

    :param conn_id: a connection of type ``redshift`` or ``postgres``.
    :param aws_conn_id: the connection of type ``aws`` that asks for a login by IAM, unless the extra names another.
    """

    def __init__(self, conn_id: str, aws_conn_id: str | None = "aws_default") -> None:
        self.conn_id = conn_id
        self.aws_conn_id = aws_conn_id

    @contextmanager
    def session(
        self,
        *,
        search_path: Sequence[str] = (),
        label: str = "",
        statements: StatementLog | None = None,
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
    ) -> Iterator[WarehouseSession]:
        """Open a session for the block.

        Its time zone is UTC, whatever is set for the warehouse's user or in this process's environment (``PGTZ``):
        GETDATE() returns the time in the session's zone.
        https://docs.aws.amazon.com/redshift/latest/dg/r_GETDATE.html

        :param search_path: schemas in which unqualified names are looked up; it is set first.
        :param label: the query group, which labels the queries in SYS_QUERY_HISTORY.
        :param statements: where the session's statements are logged.
        :param lock_wait_seconds: how long its transactions wait for their lock.
        """
        connection = connect(self.conn_id, self.aws_conn_id)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SET timezone TO 'UTC'")
                if search_path:
                    cursor.execute(f"SET search_path TO {', '.join(map(quote_identifier, search_path))}")
                if label:
                    cursor.execute(f"SET query_group TO {quote_literal(label[:_LABEL_LIMIT])}")
            yield WarehouseSession(connection, self, statements, lock_wait_seconds)
        finally:
            with suppress(Exception):  # the server may have closed the connection already
                connection.close()
