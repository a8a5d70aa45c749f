"""Lets a task die at a statement in this process, with its session gone, as a killed process leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.rig.dag_runs import Run
from bench.rig.driver_cursors import around_statements
from tests.chaos.boundaries import shape_of


class Died(BaseException):
    """An exception that no code of the pipeline catches."""


class Statements:
    """The statements of a task, which may die at one of them.

    :param last: the number of statements that run before it dies; ``None``: it does not die.
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = last
        self.shapes: list[str] = []

    def execute(self, sql: str, send: Callable[[], Any]) -> Any:
        """Run a statement, or die before it."""
        if self.last is not None and len(self.shapes) >= self.last:
            raise RuntimeError(sql) if "pg_cancel_backend" in sql else Died(sql)  # the dead cancel nothing
        self.shapes.append(shape_of(sql))
        return send()


@contextmanager
def watched(last: int | None = None) -> Iterator[Statements]:
    """Count the statements of all sessions while the block runs."""
    statements = Statements(last)
    with around_statements(statements.execute):
        yield statements


def dies(run: Run, task_id: str, last: int, try_number: int = 1) -> bool:
    """Execute a task that dies after a number of statements; return whether it died rather than ended.

    :param run: its run.
    :param task_id: the task.
    :param last: the number of statements that run. Their end is the boundary: nothing of the next one is sent.
    :param try_number: of the task.
    """
    with watched(last):
        try:
            run.run_task(task_id, try_number)
        except Died:
            return True
    return False
