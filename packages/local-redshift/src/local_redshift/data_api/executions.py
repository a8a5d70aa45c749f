"""Statements that run behind the Data API: started, watched, read, cancelled.

Contract: each runs on a thread and a connection of its own. Results are kept in memory until the server stops, those of
the last ``_KEPT`` statements.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg

from local_redshift.data_api.errors import ApiError
from local_redshift.data_api.values import column, numbered
from local_redshift.data_api.values import field as field_of

log = logging.getLogger(__name__)

_KEPT = 500
_THREADS = 8


@dataclass
class SubStatement:
    """One statement of an execution and its result."""

    sql: str
    status: str = "SUBMITTED"
    columns: list[dict[str, Any]] | None = None
    records: list[list[dict[str, Any]]] = field(default_factory=list)
    error: str | None = None
    rows: int = -1
    nanoseconds: int = 0


@dataclass
class Execution:
    """What one call has started.

    :param request: the call's parameters.
    :param statements: its statements; several are one transaction.
    """

    request: Mapping[str, Any]
    statements: list[SubStatement]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    pid: int = 0
    connection: psycopg.Connection[Any] | None = None
    cancelled: bool = False

    @property
    def status(self) -> str:
        """The state of the execution."""
        states = [statement.status for statement in self.statements]
        for state in ("FAILED", "ABORTED", "STARTED", "SUBMITTED"):
            if state in states:
                return state
        return "FINISHED"


class Executions:
    """All executions that were started.

    :param connection: how the server is reached, as psycopg takes it.
    """

    def __init__(self, connection: Mapping[str, Any]) -> None:
        self._connection = connection
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="data-api")
        self._known: dict[str, Execution] = {}
        self._lock = threading.Lock()

    def start(self, request: Mapping[str, Any], statements: Sequence[str]) -> Execution:
        """Run statements in the background.

        :param request: the call's parameters.
        :param statements: the SQL.
        """
        execution = Execution(request, [SubStatement(sql) for sql in statements])
        with self._lock:
            self._known[execution.id] = execution
            for old in itertools.islice(list(self._known), max(0, len(self._known) - _KEPT)):
                del self._known[old]
        self._threads.submit(self._run, execution)
        return execution

    def get(self, identifier: str) -> tuple[Execution, SubStatement]:
        """Return an execution, and the statement that ``id:number`` names, or the first.

        :raises ApiError: when there is none.
        """
        main, _, number = identifier.partition(":")
        execution = self._known.get(main)
        place = int(number) - 1 if number.isdigit() else 0
        if execution is None or not 0 <= place < len(execution.statements):
            raise ApiError("ResourceNotFoundException", f"Query {identifier} does not exist.")
        return execution, execution.statements[place]

    def all(self) -> list[Execution]:
        """Return all executions, the latest first."""
        return list(reversed(self._known.values()))

    def cancel(self, execution: Execution) -> bool:
        """Cancel an execution; return whether it was still running."""
        if execution.status not in ("SUBMITTED", "STARTED"):
            return False
        execution.cancelled = True
        if execution.connection is not None:
            execution.connection.cancel()
        return True

    def stop(self) -> None:
        """Start no more executions."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _run(self, execution: Execution) -> None:
        database = execution.request.get("Database") or self._connection["dbname"]
        try:
            with psycopg.connect(**{**self._connection, "dbname": database}, autocommit=True) as connection:
                execution.connection, execution.pid = connection, connection.info.backend_pid
                if len(execution.statements) > 1:
                    connection.execute("BEGIN")
                for statement in execution.statements:
                    _run_statement(connection, execution, statement)
                if len(execution.statements) > 1:
                    connection.execute("COMMIT")
        except (psycopg.Error, ApiError) as error:
            _fail(execution, str(error))
        except Exception as error:
            log.exception("The execution %s failed in the server.", execution.id)
            _fail(execution, f"Internal error of this local Redshift: {error!r}. Please report it.")
        finally:
            execution.connection, execution.updated = None, time.time()


def _run_statement(connection: psycopg.Connection[Any], execution: Execution, statement: SubStatement) -> None:
    started = time.monotonic_ns()
    statement.status = "STARTED"
    if execution.cancelled:
        raise ApiError("ValidationException", "Query cancelled on user's request")
    sql, values = numbered(statement.sql, execution.request.get("Parameters") or ())
    with psycopg.RawCursor(connection) as cursor:
        cursor.execute(sql.encode(), values or None)
        statement.rows = cursor.rowcount
        if cursor.description is not None:
            statement.columns = [column(description) for description in cursor.description]
            statement.records = [[field_of(value) for value in row] for row in cursor.fetchall()]
            statement.rows = len(statement.records)
    statement.nanoseconds = time.monotonic_ns() - started
    statement.status = "FINISHED"


def _fail(execution: Execution, message: str) -> None:
    """Mark the statement that failed, and those after it."""
    state = "ABORTED" if execution.cancelled else "FAILED"
    for statement in execution.statements:
        if statement.status == "STARTED" or (statement.status == "SUBMITTED" and statement is execution.statements[0]):
            statement.status, statement.error = state, f"ERROR: {message}"
        elif statement.status == "SUBMITTED":
            statement.status = "ABORTED"
