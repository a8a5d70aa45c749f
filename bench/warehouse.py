"""Runs the pipeline in this process against a local S3 and a local Redshift, and times its statements."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import obstore
import psycopg
from obstore.store import S3Store

from bench.rig.connections import connection_variables
from bench.rig.dag_runs import Run, load_dag
from bench.rig.driver_cursors import around_statements
from local_redshift import RedshiftServer, S3Settings, Settings
from local_redshift.s3 import S3Server

START = datetime(2018, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
BUCKET = "growth"


def be_quiet() -> None:
    """Make the tasks that run in this process log only errors."""
    logging.disable(logging.WARNING)
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"


@dataclass(frozen=True)
class Cost:
    """What loading cost.

    :param seconds: spent in statements, as the client sees them.
    :param listing: seconds spent listing S3.
    :param rows: rows that the warehouse read to run the statements.
    """

    seconds: float
    listing: float
    rows: float = 0.0


class Warehouse:
    """A local S3 and a local Redshift, and the pipeline that loads from one into the other.

    :param folder: the folder for the servers' data.
    :param set_variable: sets an environment variable; the pipeline reads the servers' addresses from these variables.
    """

    def __init__(self, folder: Path, set_variable: Callable[[str, str], None] = os.environ.__setitem__) -> None:
        self.folder = folder
        self._set_variable = set_variable
        self._spent = 0.0
        self._listing = 0.0

    def __enter__(self) -> Warehouse:
        """Start the servers and create the tables."""
        with ExitStack() as stack:
            self.s3 = stack.enter_context(S3Server(self.folder / "s3"))
            access = S3Settings(self.s3.endpoint, "us-east-1", self.s3.access_key_id, self.s3.secret_access_key)
            self.redshift = stack.enter_context(
                RedshiftServer(Settings(folder=self.folder / "redshift", port=0, s3=access))
            )
            self.s3.create_bucket(BUCKET)
            self._set_environment()
            stack.enter_context(self._timed())
            self.store = self._open_store()
            self.dag = load_dag()
            Run(load_dag("sparkify_create_tables"), None, None).run_task("create_tables")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the servers."""
        self._stack.__exit__(kind, error, trace)

    def put(self, key: str, body: bytes) -> None:
        """Put an object into the source bucket."""
        obstore.put(self.store, key, body)

    def load(self, first: int, end: int) -> Cost:
        """Load hours as one run and return what it cost.

        :param first: number of the first hour since :data:`START`.
        :param end: number of the hour after the last one.
        """
        before = self.rows_read()
        cost = self.run(first, end)
        return replace(cost, rows=self.rows_read() - before)

    def run(self, first: int, end: int) -> Cost:
        """Load hours as one run and return its cost without the rows, which are counted with a delay.

        :param first: number of the first hour since :data:`START`.
        :param end: number of the hour after the last one.
        """
        self._set_environment()  # another warehouse may have set its own
        self._spent, self._listing = 0.0, 0.0
        Run(self.dag, START + first * HOUR, START + end * HOUR).finish()
        return Cost(self._spent, self._listing)

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement that is not measured."""
        with psycopg.connect(self.redshift.dsn(), autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def settle(self) -> None:
        """Run the VACUUM and ANALYZE that Redshift does in the background, so that they are not measured."""
        self.execute("VACUUM")
        self.execute("ANALYZE")

    def rows_read(self) -> int:
        """Return how many table rows and index entries scans have read since the server started, each counted once.

        The statistics are updated with a delay. ``tup_fetched`` would count rows found through an index a second time.
        https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW
        """
        time.sleep(1.5)
        sql = "SELECT tup_returned FROM pg_stat_database WHERE datname = current_database()"
        return int(self.execute(sql)[0][0])

    @contextmanager
    def _timed(self) -> Iterator[None]:
        from sparkify.hooks.object_store import ObjectStore

        scan = ObjectStore.scan_folder

        def timed_execute(sql: str, send: Callable[[], Any]) -> Any:
            started = time.perf_counter()
            found = send()
            self._spent += time.perf_counter() - started
            return found

        def timed_scan(store: ObjectStore, bucket: str, prefix: str, visit: Any) -> None:
            started = time.perf_counter()
            scan(store, bucket, prefix, visit)
            self._listing += time.perf_counter() - started

        ObjectStore.scan_folder = timed_scan  # type: ignore[method-assign,assignment]
        try:
            with around_statements(timed_execute):
                yield
        finally:
            ObjectStore.scan_folder = scan  # type: ignore[method-assign]

    def _open_store(self) -> S3Store:
        return S3Store(
            BUCKET,
            endpoint=self.s3.endpoint,
            access_key_id=self.s3.access_key_id,
            secret_access_key=self.s3.secret_access_key,
            region="us-east-1",
            client_options={"allow_http": True},
        )

    def login(self) -> dict[str, Any]:
        """Return how to connect to the warehouse: host, port, user, password, dbname."""
        return self.redshift.connection()

    def _set_environment(self) -> None:
        variables = connection_variables(self.login(), self.s3) | {
            "AIRFLOW__SPARKIFY__SOURCE_BUCKET": BUCKET,
            "AIRFLOW__SPARKIFY__MAX_WINDOW_HOURS": "100000",
        }
        for name, value in variables.items():
            self._set_variable(name, value)
