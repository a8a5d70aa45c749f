"""Runs a DAG's tasks in this process, without a scheduler."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_DAGS = Path(__file__).parents[2] / "dags"


@dataclass
class FakeTaskInstance:
    """The part of a task instance that the operators use."""

    dag_id: str
    run_id: str
    task_id: str
    try_number: int = 1
    states: dict[str, str] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    pushed: dict[str, Any] = field(default_factory=dict)
    running: int = 0

    def xcom_pull(self, task_ids: str) -> Any:
        return self.results.get(task_ids)

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value

    def get_task_states(self, dag_id: str, run_ids: list[str]) -> dict[str, dict[str, str]]:
        return {run_ids[0]: self.states}

    def get_dr_count(self, dag_id: str, states: list[str]) -> int:
        return self.running


def load_dag(name: str = "sparkify_hourly") -> Any:
    """Import a DAG file again, with the settings of the current environment."""
    sys.path[:0] = [str(_DAGS)]
    try:
        sys.modules.pop(name, None)
        return __import__(name).dag
    finally:
        sys.path.pop(0)


def order(dag: Any) -> list[str]:
    """Return the ids of the DAG's tasks, each after all of its upstream ones."""
    sorter = TopologicalSorter({task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks})
    return list(sorter.static_order())


@dataclass
class Run:
    """One run of the DAG: a scheduled run of one hour, or a manual run of a window of more hours.

    :param dag: the DAG.
    :param start: the first hour, ``None`` for a run without a logical date.
    :param end: the end of the last hour.
    :param params: values for the DAG's params.
    :param run_id: the run's id; one is made up when it is empty.
    :param results: what its tasks returned.
    :param failed: tasks that did not succeed, and their states.
    :param executed: the tasks as they were executed, rendered.
    :param events: the events of the tasks' outlets, by asset.
    """

    dag: Any
    start: datetime | None
    end: datetime | None
    params: dict[str, Any] = field(default_factory=dict)
    run_id: str = ""
    results: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    executed: dict[str, Any] = field(default_factory=dict)
    events: dict[Any, Any] = field(default_factory=lambda: defaultdict(SimpleNamespace))

    def __post_init__(self) -> None:
        self.run_id = self.run_id or f"test__{self.start}__{self.params}"
        if self.start is not None and self.end is not None and self.end - self.start > timedelta(hours=1):
            window = {"window_start": self.start.isoformat(), "window_end": self.end.isoformat()}
            self.params, self.start, self.end = {**window, **self.params}, None, None

    def context(self, task_id: str, try_number: int = 1) -> dict[str, Any]:
        """Return the template context of a task."""
        return {
            "dag": self.dag,
            "dag_run": SimpleNamespace(
                run_type="manual" if self.start is None else "scheduled",
                conf=self.params,
                logical_date=self.start,
                data_interval_start=self.start,
                data_interval_end=self.end,
            ),
            "run_id": self.run_id,
            "params": {**{k: self.dag.params[k] for k in self.dag.params if k not in self.params}, **self.params},
            "ti": FakeTaskInstance(self.dag.dag_id, self.run_id, task_id, try_number, self.states, self.results),
            "outlet_events": self.events,
        }

    @property
    def states(self) -> dict[str, str]:
        """The states of the run's tasks as a teardown sees them, after all other tasks have ended."""
        return {task_id: "success" for task_id in self.dag.task_ids} | self.failed

    def run_task(self, task_id: str, try_number: int = 1) -> Any:
        """Render and execute one task, as a worker does."""
        task = self.dag.get_task(task_id).prepare_for_execution()
        task.resolve_template_files()
        context = self.context(task_id, try_number)
        context["task"] = task
        task.render_template_fields(context)
        self.executed[task_id] = task
        self.results[task_id] = task.execute(context)
        return self.results[task_id]

    def steps(self) -> Iterator[str]:
        """Run the tasks one after the other; yields the id of the next one before it runs."""
        for task_id in order(self.dag):
            yield task_id
            self.run_task(task_id)

    def finish(self) -> dict[str, Any]:
        """Run all tasks and return their results."""
        for _ in self.steps():
            pass
        return self.results
