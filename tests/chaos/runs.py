"""A scheduler in small: runs the tasks of a DAG run in an order that its graph allows, with retries and reruns."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from random import Random
from typing import Any

from tests.chaos.tries import Outcome, Tries

_TRIES = 5
_RERUNS = 5
_TEARDOWNS = ("close_staging", "confirm_opened")


class ChaosError(Exception):
    """The pipeline did not survive a schedule."""


@dataclass
class DagRun:
    """A run of ``sparkify_hourly``.

    :param upstream: each task's upstream tasks.
    :param environment: connections and settings of the tasks.
    :param start: its first hour.
    :param end: the end of its last one.
    :param name: makes the run's id unique.
    :param rng: draws the order of tasks that may run at once.
    :param log: file for the tasks' logs.
    :param params: the run's params.
    :param repeats: how often each task runs, one time after the other.
    """

    upstream: Mapping[str, set[str]]
    environment: Mapping[str, str]
    start: datetime
    end: datetime
    name: str
    rng: Random
    log: Path
    params: Mapping[str, Any] = field(default_factory=dict)
    repeats: int = 1
    counts: Counter[str] = field(default_factory=Counter)

    def finish(self) -> None:
        """Run it, and again when it failed, until it is green.

        :raises ChaosError: when it does not get there.
        """
        for _ in range(_RERUNS):
            if self._run_once():
                return
            self.counts["reruns"] += 1
        raise ChaosError(f"{self._run_id} failed {_RERUNS} times; its log is {self.log}.")

    def _run_once(self) -> bool:
        remaining = [task_id for task_id in self._order() for _ in range(self.repeats)]
        failed: dict[str, str] = {}
        numbers = Counter(remaining)
        while remaining:
            span = (self.environment, self.start, self.end, self._run_id)
            succeeded, code = Tries(*span, remaining, numbers, self.log, failed, self.params).run()
            remaining = remaining[succeeded:]
            if code == Outcome.SUCCESS:
                break
            self._count(code)
            task_id = remaining[0]
            if code == Outcome.FAIL or numbers[task_id] == _TRIES:
                self._give_up(task_id, remaining, failed)
            time.sleep(0.1 * 2 ** numbers[task_id])
            numbers[task_id] += 1
        return not failed

    def _give_up(self, task_id: str, remaining: list[str], failed: dict[str, str]) -> None:
        """Remove a task and all that depend on it from those that remain; the teardown always runs."""
        failed[task_id] = "failed"
        for other in list(remaining):
            if other not in _TEARDOWNS and self.upstream[other] & failed.keys():
                failed.setdefault(other, "upstream_failed")
        remaining[:] = [other for other in remaining if other not in failed]

    def _count(self, code: int) -> None:
        self.counts["failed at once" if code == Outcome.FAIL else "killed" if code < 0 else "retried"] += 1

    @property
    def _run_id(self) -> str:
        return f"chaos__{self.name}__{self.start:%Y-%m-%dT%H}"

    def _order(self) -> list[str]:
        sorter = TopologicalSorter(self.upstream)
        sorter.prepare()
        ordered: list[str] = []
        ready = sorted(sorter.get_ready())
        while ready:
            ordered.append(ready.pop(self.rng.randrange(len(ready))))
            sorter.done(ordered[-1])
            ready = sorted([*ready, *sorter.get_ready()])
        return ordered
