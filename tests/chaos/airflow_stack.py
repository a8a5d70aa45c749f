"""A running system whose parts can be killed, and that is kept up as a cluster's supervisor would keep it."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

import psutil

from local.runner.airflow_api import AirflowApi
from local.runner.errors import RunnerError
from local.runner.loading import CREATE_TABLES, HOURLY
from local.runner.settings import RunnerSettings
from local.runner.stack import Stack
from local_redshift.testing import WireProxy
from tests.chaos.injector import Injector

HOUR = timedelta(hours=1)
_RERUNS = 4
_SECONDS = 900.0
#: A killed scheduler or worker is noticed within seconds, so that a test does not wait for minutes.
PACE = {
    "AIRFLOW__SPARKIFY__RETRY_DELAY_SECONDS": "2",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "3",
}


class Cluster:
    """A stack whose warehouse connections go through a proxy, with an injector on it.

    :param stack: the running stack.
    :param proxy: the proxy.
    """

    def __init__(self, stack: Stack, proxy: WireProxy) -> None:
        self.stack = stack
        self.api = AirflowApi(
            stack.address.replace("localhost", "127.0.0.1"), stack.settings.airflow_login, self.keep_up
        )
        self.injector = Injector(proxy, self.kill_redshift, self.kill_scheduler)
        self._redshift_killed = threading.Event()
        self._scheduler_killed = threading.Event()

    def kill_redshift(self) -> None:
        """Kill the warehouse with all its processes."""
        if self.stack.redshift.pid is not None:
            _kill_tree(self.stack.redshift.pid)
        self._redshift_killed.set()

    def kill_scheduler(self) -> None:
        """Kill the scheduler with the workers and tasks that it forked, as a container's end does."""
        pid = self.stack.scheduler.pid
        if pid is not None:
            _kill_tree(pid)
        self._scheduler_killed.set()

    def keep_up(self) -> None:
        """Start what was killed. Called while waiting, from the main thread, with which those processes end."""
        if self._redshift_killed.is_set():
            self._redshift_killed.clear()
            self.stack.redshift.stop()
            with self.stack.marked():
                self.stack.redshift.start()
        if self._scheduler_killed.is_set():
            self._scheduler_killed.clear()
            self.stack.restart_scheduler()

    def backfill(self, first: datetime, hours: int, max_active_runs: int) -> int:
        """Backfill hours in parallel, rerun what failed, and return how many reruns it took.

        :raises RunnerError: when it does not end in time, or a run stays red.
        """
        last = first + (hours - 1) * HOUR
        self.api.end_backfills(HOURLY)
        self.api.backfill(HOURLY, first, last, max_active_runs)
        self._wait(first, last, hours)
        for reruns in range(_RERUNS):
            failed = self._failed(first, last)
            if not failed:
                return reruns
            for run_id in failed:
                self.api.clear(HOURLY, run_id, list(self.api.tasks(HOURLY, run_id)))
            self._wait(first, last, hours)
        raise RunnerError(f"Runs stay red: {', '.join(failed)}; the logs are in {self.stack.folder}.")

    def load_window(self, first: datetime, hours: int) -> None:
        """Load hours as one window.

        :raises RunnerError: when that fails.
        """
        run_id = self.api.trigger_window(HOURLY, first, first + hours * HOUR)
        if self.api.wait(HOURLY, run_id) != "success":
            raise RunnerError(f"The window {run_id} is red; the logs are in {self.stack.folder}.")

    def _wait(self, first: datetime, last: datetime, hours: int) -> None:
        self.api.wait_until(
            lambda: self.api.count_runs(HOURLY, ["success", "failed"], first, last) >= hours,
            _SECONDS,
            lambda: f"The backfill from {first} does not end; the logs are in {self.stack.folder}.",
        )

    def _failed(self, first: datetime, last: datetime) -> list[str]:
        span = {"logical_date_gte": first.isoformat(), "logical_date_lte": last.isoformat()}
        return [str(run["dag_run_id"]) for run in self.api.runs(HOURLY, state="failed", **span)]


@contextmanager
def open_cluster(settings: RunnerSettings) -> Iterator[Cluster]:
    """Start a system whose pipeline reaches the warehouse through a proxy.

    :param settings: what to run; their environment is laid over :data:`PACE`.
    """
    stacks: list[Stack] = []
    with WireProxy(lambda: ("127.0.0.1", stacks[0].ports.redshift)) as proxy:
        connection = {
            "conn_type": "redshift",
            "host": "127.0.0.1",
            "port": proxy.port,
            "schema": "dev",
            "login": settings.redshift_login.user,
            "password": settings.redshift_login.password,
            "extra": {"ssl": False},
        }
        environment = {**PACE, "AIRFLOW_CONN_SPARKIFY_REDSHIFT": json.dumps(connection), **settings.environment}
        stacks.append(Stack(replace(settings, environment=environment)))
        with stacks[0] as stack:
            yield Cluster(stack, proxy)


def make_tables(stack: Stack) -> None:
    """Run the DAG that creates the tables, and make the hourly one ready.

    :raises RunnerError: when it fails.
    """
    for dag_id in (CREATE_TABLES, HOURLY):
        stack.api.wait_for_dag(dag_id)
        stack.api.unpause(dag_id)
    if stack.api.wait(CREATE_TABLES, stack.api.trigger(CREATE_TABLES)) != "success":
        raise RunnerError(f"The tables were not created; the logs are in {stack.folder}.")


def _kill_tree(pid: int) -> None:
    with suppress(psutil.Error):
        leader = psutil.Process(pid)
        for process in [leader, *leader.children(recursive=True)]:
            with suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
