"""A warehouse that notes every statement that reaches it, by a proxy of the protocol: a session's set-up included."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.rewrites import count_rewritten, read_versions
from bench.rig.dag_runs import Run
from bench.statements import Counts, Sent, StatementCounter, total
from bench.warehouse import Warehouse
from local_redshift.scans import Catalog, read_catalog
from local_redshift.testing import Moment, Statement, WireProxy

#: Tables of the pipeline that do not grow with what was loaded.
NOT_GROWING = {
    "etl.load_mutex",
    "etl.staging_schemas",
    "etl.migrations",
    "etl.folder_listings",
}


@dataclass(frozen=True)
class Result:
    """The cost of a case.

    :param tasks: counts by task, in the order of their running.
    """

    case: str
    tasks: Mapping[str, Counts]

    @property
    def total(self) -> Counts:
        """The sum over the tasks."""
        return total(self.tasks)


class Tap:
    """Notes all statements that go through a proxy.

    :ivar task: that runs now.
    """

    def __init__(self) -> None:
        self.task = ""
        self._sent: list[Sent] = []

    def __call__(self, statement: Statement, moment: Moment) -> None:
        """Note a statement before it runs."""
        if moment is Moment.BEFORE:
            self._sent.append(Sent(self.task, statement.client_port, statement.text))

    def take(self) -> list[Sent]:
        """Return the statements noted since the last call."""
        sent, self._sent = self._sent, []
        return sent


class CountedWarehouse(Warehouse):
    """Servers and pipeline with a proxy between them that notes the statements."""

    def __init__(self, folder: Path, set_variable: Callable[[str, str], None] = os.environ.__setitem__) -> None:
        super().__init__(folder, set_variable)
        self.tap = Tap()
        self.proxy: WireProxy | None = None

    def login(self) -> dict[str, Any]:
        """Return the proxy's address."""
        login = self.redshift.connection()
        if self.proxy is None:
            self.proxy = WireProxy(lambda: (login["host"], int(login["port"])))
            self.proxy.rule = self.tap
            self.proxy.__enter__()
        return {**login, "host": "127.0.0.1", "port": self.proxy.port}

    def __exit__(self, *error: Any) -> None:
        """Stop everything."""
        if self.proxy is not None:
            self.proxy.__exit__(None, None, None)
        super().__exit__(*error)

    def count_tasks(self, run: Run, is_kept: Callable[[str], bool]) -> Iterator[tuple[str, Counts]]:
        """Run the tasks of a DAG one after the other and yield what each cost.

        :param is_kept: returns whether a table outlives a run.
        """
        counter = StatementCounter()
        steps = run.steps()
        task = next(steps, None)
        with psycopg.connect(self.redshift.dsn(), autocommit=True) as connection:

            def execute(sql: str) -> list[tuple[Any, ...]]:
                return connection.execute(sql.encode()).fetchall()

            catalog = read_catalog(execute)
            tables = {name: table.columns for name, table in catalog.tables.items() if is_kept(name)}
            before = read_versions(execute, tables)
            while task is not None:
                self.tap.task = task
                following = next(steps, None)
                counts = counter.count(self.tap.take(), catalog, tables.keys() - NOT_GROWING)
                after = read_versions(execute, tables)
                counts.rewritten = count_rewritten(before, after)
                yield task, counts
                catalog, task, before = read_catalog(execute), following, after

    def catalog(self) -> Catalog:
        """Return the tables that there are."""
        return read_catalog(self.execute)
