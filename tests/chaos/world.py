"""The servers of a chaos test, and what a schedule does with them."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any
from unittest.mock import patch

import obstore
import psutil
import psycopg
from obstore.store import S3Store

from bench.rig.dag_runs import Run, load_dag
from local_redshift import RedshiftServer, S3Settings, Settings
from local_redshift.s3 import S3Server
from local_redshift.testing import WireProxy
from tests.chaos.boundaries import Boundary, Survey
from tests.chaos.history import HOUR, MAX_REJECTED, START, Phase, make_history
from tests.chaos.injector import Injector
from tests.chaos.runs import DagRun
from tests.chaos.schedule import Schedule
from tests.chaos.tables import Rows, compare_tables, read_tables

#: First hour and end of a run.
Span = tuple[int, int]

_ALL_TABLES = ("drop_tables", "create_tables")


class World:
    """S3, a local Redshift that can be killed, and the proxy before it.

    :param folder: for their data and the logs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: Counter[str] = Counter()
        self._killed = threading.Event()

    def __enter__(self) -> World:
        """Start the servers. Call it from the thread that runs the schedules."""
        with ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ))  # which schedules change
            self.s3 = stack.enter_context(S3Server(self.folder / "s3"))
            access = S3Settings(self.s3.endpoint, "us-east-1", self.s3.access_key_id, self.s3.secret_access_key)
            self.redshift = RedshiftServer(Settings(folder=self.folder / "redshift", port=0, s3=access))
            stack.enter_context(self.redshift)
            self.redshift.settings = replace(self.redshift.settings, port=self.redshift.port)
            self.proxy = stack.enter_context(WireProxy(lambda: ("127.0.0.1", self.redshift.port)))
            self.injector = Injector(self.proxy, self.kill_redshift)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the servers."""
        self._stack.__exit__(kind, error, trace)

    def kill_redshift(self) -> None:
        """Kill the warehouse with all its processes; ``play`` starts it again."""
        if self.redshift.pid is not None:
            leader = psutil.Process(self.redshift.pid)
            for process in [leader, *leader.children(recursive=True)]:
                with suppress(psutil.Error):
                    process.send_signal(signal.SIGKILL)
        self._killed.set()

    def survey(self) -> tuple[Boundary, ...]:
        """Play a history without a fault, every task of a run twice in a row, and return where runs can die.

        Twice, because a second try has statements of its own.
        """
        survey, schedule = Survey(), Schedule(-1, make_history(1), [[], []], 1, "redshift")
        with patch.object(self.injector, "arm", lambda faults: setattr(self.proxy, "rule", survey)):
            bucket = self._prepare(schedule)
            hours = [[(number, number + 1) for number in phase.hours] for phase in schedule.history]
            self._load(schedule, bucket, "survey", hours, repeats=2)
        return survey.boundaries

    def play(self, schedule: Schedule) -> list[str]:
        """Play a schedule with its faults, then without, and return what differs in the end.

        :raises ChaosError: when a run does not get green.
        """
        bucket = self._prepare(schedule)
        hours = [[(number, number + 1) for number in phase.hours] for phase in schedule.history]
        found = self._load(schedule, bucket, "faults", hours)
        calm = replace(schedule, faults=[[] for _ in schedule.faults], parallel=1)
        # The hours of the first phase as one window: that too must end in the same rows.
        expected = self._load(calm, bucket, "clean", [[(0, len(schedule.history[0].hours))], *hours[1:]])
        return compare_tables(expected, found)

    def _prepare(self, schedule: Schedule) -> str:
        bucket = f"chaos-{schedule.seed}"
        self.s3.create_bucket(bucket)
        self._set_environment(schedule, bucket)
        return bucket

    def _load(
        self, schedule: Schedule, bucket: str, name: str, spans: list[list[Span]], repeats: int = 1
    ) -> dict[str, Rows]:
        for task_id in _ALL_TABLES:
            Run(load_dag("sparkify_create_tables"), None, None, {"drop_existing": True}).run_task(task_id)
        dag = load_dag()
        upstream = {task.task_id: set(task.upstream_task_ids) for task in dag.tasks}
        self._forget(bucket)
        for number, (phase, faults) in enumerate(zip(schedule.history, schedule.faults, strict=True)):
            self._deliver(bucket, phase)
            self.injector.arm(faults)
            runs = [
                DagRun(
                    upstream,
                    dict(self._tasks),
                    START + first * HOUR,
                    START + end * HOUR,
                    f"{name}-{schedule.seed}-{number}",
                    Random(f"{schedule.seed}/{number}/{first}"),
                    self.folder / f"{schedule.seed}-{name}.log",
                    {"accept_removed": bool(phase.removed)},
                    repeats,
                )
                for first, end in spans[number]
            ]
            Random(schedule.seed).shuffle(runs)
            try:
                self._run_all([run.finish for run in runs], schedule.parallel)
            finally:
                self.counts["faults that never came"] += len(self.injector.disarm())
                for run in runs:
                    self.counts.update({f"{name}: {key}": count for key, count in run.counts.items()})
        with psycopg.connect(**self.redshift.connection(), autocommit=True) as connection:
            return read_tables(connection)

    def _run_all(self, work: list[Callable[[], None]], parallel: int) -> None:
        with ThreadPoolExecutor(parallel) as pool:
            pending: set[Future[None]] = {pool.submit(item) for item in work}
            ended = set()
            while pending:
                done, pending = wait(pending, timeout=0.05)
                ended |= done
                if self._killed.is_set():  # here, because the server ends with the thread that starts it
                    self._killed.clear()
                    self.redshift.stop()
                    self.redshift.start()
        for future in ended:
            future.result()

    def _set_environment(self, schedule: Schedule, bucket: str) -> None:
        """Set connections and settings: tasks go by the proxy, the tables are made on the direct way."""
        direct = {"WAREHOUSE_DIRECT": self._connection("postgres", self.redshift.port)}
        store = {
            "conn_type": "aws",
            "login": self.s3.access_key_id,
            "password": self.s3.secret_access_key,
            "extra": {"endpoint_url": self.s3.endpoint, "region_name": "us-east-1"},
        }
        settings = {
            "AWS_CONN_ID": "chaos_s3",
            "SOURCE_BUCKET": bucket,
            "MAX_REJECTED_ROWS": str(MAX_REJECTED),
            "COPY_ROLE": "default",
        }
        common = {f"AIRFLOW__SPARKIFY__{key}": value for key, value in settings.items()}
        common["AIRFLOW_CONN_CHAOS_S3"] = json.dumps(store)
        self._tasks = common | {
            "AIRFLOW__SPARKIFY__REDSHIFT_CONN_ID": "chaos_redshift",
            "AIRFLOW_CONN_CHAOS_REDSHIFT": json.dumps(self._connection(schedule.connection, self.proxy.port)),
        }
        os.environ.update(common)
        os.environ["AIRFLOW__SPARKIFY__REDSHIFT_CONN_ID"] = "warehouse_direct"
        os.environ.update({f"AIRFLOW_CONN_{key}": json.dumps(value) for key, value in direct.items()})

    def _connection(self, kind: str, port: int) -> dict[str, Any]:
        login = self.redshift.connection()
        return {
            "conn_type": kind,
            "host": "127.0.0.1",
            "port": port,
            "login": login["user"],
            "password": login["password"],
            "schema": login["dbname"],
            "extra": {"ssl": False} if kind == "redshift" else {"sslmode": "disable"},
        }

    def _store(self, bucket: str) -> S3Store:
        return S3Store(
            bucket,
            endpoint=self.s3.endpoint,
            access_key_id=self.s3.access_key_id,
            secret_access_key=self.s3.secret_access_key,
            region="us-east-1",
            client_options={"allow_http": True},
        )

    def _deliver(self, bucket: str, phase: Phase) -> None:
        store = self._store(bucket)
        for key, body in phase.files.items():
            obstore.put(store, key, body)
        if phase.removed:
            obstore.delete(store, list(phase.removed))

    def _forget(self, bucket: str) -> None:
        store = self._store(bucket)
        keys = [item["path"] for batch in obstore.list(store) for item in batch]
        obstore.delete(store, keys)
