"""Tasks in a process of their own, as a worker has them: it can be killed without anybody else dying."""

from __future__ import annotations

import logging
import multiprocessing
import os
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.rig.dag_runs import Run

#: Tasks of a few dozen rows that take longer hang.
_SECONDS = 180.0


class Outcome(IntEnum):
    """How the last task ended, as the process's exit code; killed processes have negative ones."""

    SUCCESS = 0
    RETRY = 3
    FAIL = 4


@dataclass(frozen=True)
class Tries:
    """Tasks of a run to be tried one after the other, up to the first that does not succeed.

    A process for each task would take one more second each, and test nothing more: tasks pass data to each other only
    in the warehouse and in S3.

    :param environment: variables to set: connections and settings.
    :param start: the run's data interval.
    :param end: its end.
    :param run_id: the run.
    :param task_ids: the tasks.
    :param numbers: the number of each task's try, from 1.
    :param log: file that the log is appended to.
    :param failed: tasks of the run that did not succeed, and their states, for the teardown.
    :param params: the run's params.
    """

    environment: Mapping[str, str]
    start: datetime
    end: datetime
    run_id: str
    task_ids: Sequence[str]
    numbers: Mapping[str, int]
    log: Path
    failed: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)

    def run(self) -> tuple[int, int]:
        """Run them; return how many succeeded, and an :class:`Outcome` or the negative number of a signal.

        :raises TimeoutError: when they hang; they are killed first.
        """
        context = _context()
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(self, sender))
        process.start()
        sender.close()
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{self.run_id} hung for {_SECONDS:.0f} s; its log is {self.log}.")
        return _count(receiver), process.exitcode


def _count(receiver: Any) -> int:
    """Count the tasks that a process reported as succeeded."""
    count = 0
    try:
        while receiver.poll():
            receiver.recv_bytes()
            count += 1
    except EOFError:
        pass
    return count


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos.tries", "tests.chaos.preload"])
    return context


def _work(tries: Tries, sender: Any) -> None:
    os.environ.update(tries.environment)
    with tries.log.open("ab", buffering=0) as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(message)s", force=True)
    from bench.rig.dag_runs import Run, load_dag

    run = Run(load_dag(), tries.start, tries.end, dict(tries.params), run_id=tries.run_id, failed=dict(tries.failed))
    for task_id in tries.task_ids:
        logging.info("== %s %s try %s", tries.run_id, task_id, tries.numbers[task_id])
        outcome = _execute(run, task_id, tries.numbers[task_id])
        if outcome is not Outcome.SUCCESS:
            os._exit(outcome)
        sender.send_bytes(task_id.encode())
    os._exit(Outcome.SUCCESS)


def _execute(run: Run, task_id: str, number: int) -> Outcome:
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

    try:
        run.run_task(task_id, try_number=number)
    except AirflowSkipException:
        return Outcome.SUCCESS
    except AirflowFailException:
        logging.exception("%s", traceback.format_exc())
        return Outcome.FAIL
    except Exception:
        logging.exception("%s", traceback.format_exc())
        return Outcome.RETRY
    return Outcome.SUCCESS
