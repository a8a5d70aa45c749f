"""The running system for the benchmarks: S3, Redshift and Airflow as ``make run`` starts them, with more DAGs in it.

The pipeline's own files are linked into a folder beside the rivals' DAGs, so that one scheduler runs them all.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import obstore
import psutil
import psycopg
from obstore.store import S3Store

from bench.rig.dag_runs import load_dag
from bench.star import KEYS, SCHEMA_MARK, select, staging
from local.runner.airflow_api import FINISHED
from local.runner.loading import CREATE_TABLES, HOURLY
from local.runner.run_processes import find_processes
from local.runner.settings import ROOT, Ports, RunnerSettings
from local.runner.source import upload
from local.runner.stack import Stack
from local.sample import Sample
from sparkify.hooks.sql_text import split_statements
from sparkify.tables import EVENT_COLUMNS

NOOP = "bench_noop"
RIVAL = "bench_provider"
#: The rivals' JSONPaths file; the pipeline writes its own at every run.
EVENT_PATHS = "rivals/events.jsonpaths"
_BENCH = Path(__file__).parent


@contextmanager
def open_system(
    sample: Sample,
    *,
    data: Path | None = None,
    environment: Mapping[str, str] | None = None,
    parallelism: int = RunnerSettings.parallelism,
) -> Iterator[System]:
    """Start a system with the source uploaded and the tables made.

    :param sample: what S3 holds, unless ``data`` names a folder.
    :param data: a folder in the public sample's layout.
    :param environment: further variables for Airflow.
    :param parallelism: task slots.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        spans = folder / "spans.jsonl"
        source = RunnerSettings(sample=sample, data=data)
        settings = RunnerSettings(
            state=folder / "state",
            ports=Ports(0, 0, 0),
            sample=sample,
            data=data,
            dags=_make_dags(folder, source.bucket),
            plugins=_link_plugins(folder),
            parallelism=parallelism,
            schedule=False,
            environment={"SPARKIFY_BENCH_SPANS": str(spans), **(environment or {})},
        )
        with Stack(settings) as stack:
            system = System(stack, spans)
            system.prepare()
            yield system


class System:
    """A running system.

    :param stack: its parts.
    :param spans: the file into which tasks write how long their parts took.
    """

    def __init__(self, stack: Stack, spans: Path) -> None:
        self.stack = stack
        self.api = stack.api
        self._spans = spans

    @property
    def bucket(self) -> str:
        """The source's bucket."""
        return self.stack.settings.bucket

    def prepare(self) -> None:
        """Upload the source and make the tables, the rivals' too."""
        upload(self.stack.source, self.stack.s3, self.bucket, lambda count: None)
        paths = json.dumps({"jsonpaths": list(EVENT_COLUMNS.values())})
        obstore.put(self.open_store(), EVENT_PATHS, paths.encode())
        for dag_id in (CREATE_TABLES, HOURLY, NOOP, RIVAL):
            self.api.wait_for_dag(dag_id)
            self.api.unpause(dag_id)
        self.run(CREATE_TABLES)
        for statement in split_statements(staging()):
            self.execute(statement)

    def open_store(self) -> S3Store:
        """Return the source's bucket."""
        server = self.stack.s3
        return S3Store(
            self.bucket,
            endpoint=server.endpoint,
            access_key_id=server.access_key_id,
            secret_access_key=server.secret_access_key,
            region="us-east-1",
            client_options={"allow_http": True},
        )

    def run(self, dag_id: str, conf: Mapping[str, Any] | None = None, timeout: float = 600.0) -> Run:
        """Trigger a DAG, wait for its end and return what it took.

        :raises RuntimeError: when it fails.
        """
        before = self.cpu_seconds()
        run_id = self.api.trigger(dag_id, conf=dict(conf or {}))
        if self.api.wait(dag_id, run_id, timeout) != "success":
            raise RuntimeError(f"{dag_id} failed; its logs are in {self.stack.folder}/airflow/logs.")
        cpu = self.cpu_seconds() - before
        run = self.api.run(dag_id, run_id)
        return Run(run_id, _seconds(run["queued_at"], run["end_date"]), cpu)

    def backfill(self, dag_id: str, first: datetime, last: datetime, at_once: int, timeout: float = 3600.0) -> float:
        """Backfill hours and return the seconds from the first run's start to the last one's end.

        :raises RuntimeError: when a run fails.
        """
        self.api.end_backfills(dag_id)
        count = round((last - first).total_seconds() / 3600) + 1
        self.api.backfill(dag_id, first, last, at_once)
        self.api.wait_until(
            lambda: self.api.count_runs(dag_id, sorted(FINISHED), first, last) >= count,
            timeout,
            lambda: f"The backfill of {dag_id} does not end.",
            every=2.0,  # the API server has better to do; Airflow itself says when the runs began and ended
        )
        if self.api.count_runs(dag_id, ["failed"], first, last):
            raise RuntimeError(f"Runs of {dag_id} failed; the logs are in {self.stack.folder}/airflow/logs.")
        runs = self.api.runs(dag_id, logical_date_gte=first.isoformat(), logical_date_lte=last.isoformat())
        return _seconds(min(run["start_date"] for run in runs), max(run["end_date"] for run in runs))

    def shape(self) -> dict[str, Any]:
        """Return the hourly DAG's tasks."""
        return dict(json.loads((self.stack.settings.dags / f"{NOOP}.json").read_text()))

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement on the warehouse."""
        with psycopg.connect(self.stack.redshift.dsn(), autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def cpu_seconds(self) -> float:
        """Return the processor time that all processes of the system have used, those that ended too."""
        total = 0.0
        for process in find_processes(self.stack.folder):
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            total += times.user + times.system + times.children_user + times.children_system
        return total

    def spans(self, run_id: str) -> list[dict[str, Any]]:
        """Return how long the parts of a run's tasks took, see :mod:`bench.probe`."""
        lines = self._spans.read_text().splitlines() if self._spans.exists() else []
        return [span for span in map(json.loads, lines) if span["run_id"] == run_id]


class Run:
    """A run that has ended.

    :param run_id: its id.
    :param seconds: from its trigger to its end.
    :param cpu: processor seconds of the whole system meanwhile.
    """

    def __init__(self, run_id: str, seconds: float, cpu: float) -> None:
        self.run_id = run_id
        self.seconds = seconds
        self.cpu = cpu


def _make_dags(folder: Path, bucket: str) -> Path:
    """Make a folder with the pipeline's DAGs and the benchmarks', which read what they need to know from JSON files."""
    dags = folder / "dags"
    dags.mkdir()
    for file in [*(ROOT / "dags").iterdir(), *(_BENCH / "dags").iterdir()]:
        if file.is_file():
            shutil.copy(file, dags)
    shape = {
        task.task_id: {
            "upstream": sorted(task.upstream_task_ids),
            "setup": task.is_setup,
            "teardown": task.is_teardown,
        }
        for task in load_dag(HOURLY).tasks
    }
    (dags / f"{NOOP}.json").write_text(json.dumps(shape))
    rival = {
        "bucket": bucket,
        "event_columns": list(EVENT_COLUMNS),
        "event_paths": EVENT_PATHS,
        "selects": {table: select(table).replace(SCHEMA_MARK, "rival_provider") for table in KEYS},
    }
    (dags / f"{RIVAL}.json").write_text(json.dumps(rival))
    return dags


def _link_plugins(folder: Path) -> Path:
    """Make a folder with the pipeline's plugins and the benchmarks' probe."""
    plugins = folder / "plugins"
    plugins.mkdir()
    for file in [*(ROOT / "plugins").iterdir(), _BENCH / "probe.py"]:
        if file.name != "__pycache__":
            (plugins / file.name).symlink_to(file)
    (folder / "sql").symlink_to(ROOT / "sql")
    return plugins


def _seconds(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
