"""``python -m bench.startup``: time from the command to the first green hour, time to parse the DAGs, and memory.

Memory is the proportional set size (PSS) of all processes of the running system: a page that several processes share
counts once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from bench.figures import Report
from bench.sizes import choose
from local.runner.loading import HOURLY, load
from local.runner.run_processes import find_processes
from local.runner.settings import ROOT, Ports, RunnerSettings
from local.runner.stack import Stack
from local.sample import Sample


@dataclass(frozen=True)
class Size:
    """How much is measured.

    :param repetitions: how often each DAG file is read.
    :param hours: hours that are loaded after the start.
    """

    repetitions: int
    hours: int


BY_SIZE = {"tiny": Size(1, 1), "short": Size(3, 6), "full": Size(5, 24)}
_MIB = 1 << 20
#: Times how long DAG files take to import after certain modules have been imported; each file in its own fork.
_PARSE = """
import importlib, os, sys, time
for name in sys.argv[1].split(","):
    importlib.import_module(name)
for name in sys.argv[2:]:
    if os.fork() == 0:
        before = time.perf_counter()
        importlib.import_module(name)
        print(name, time.perf_counter() - before, flush=True)
        os._exit(0)  # skips what Airflow does at the end of a process
    if os.wait()[1]:
        sys.exit(f"{name} cannot be read.")
"""
#: The dag-processor imports Airflow's models before it forks the processes that read the files.
_READERS = {"": "airflow.sdk", ", as the dag-processor": "airflow.sdk,airflow.dag_processing.manager"}


def measure_parsing(report: Report, repetitions: int, files: str = "*.py") -> None:
    """Add how long each DAG file takes to parse, with only the Task SDK imported and as in the dag-processor."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT / 'dags'}"}
    names = sorted(file.stem for file in (ROOT / "dags").glob(files))
    for reader, imported in _READERS.items():
        words = [sys.executable, "-c", _PARSE, imported, *(names * repetitions)]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
        times = [line.split() for line in done.stdout.splitlines()]
        for name in names:
            took = [float(seconds) for read, seconds in times if read == name]
            report.add(f"{name}.py", f"parse{reader}", took, "s", reach="≤ 0.3")


def measure_start(report: Report, hours: int, seed: int) -> None:
    """Start the system in an empty folder, load hours, and add how long that took and how much memory it needed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        sample = Sample(seed=seed, hours=hours, songs=1000)
        settings = RunnerSettings(state=Path(name), ports=Ports(0, 0, 0), sample=sample, schedule=False)
        started = time.perf_counter()
        stack = Stack(settings)
        with stack, _watching(stack) as seen:
            up = time.perf_counter() - started
            loaded = load(stack)
            if loaded.missing or loaded.failed:
                raise RuntimeError(f"{len(loaded.missing)} hours are not loaded.")
            green = time.perf_counter() - started
            first = _first_green(stack)
            time.sleep(3)
            idle = memory(stack.folder)
    report.add("make run, empty folder", "until Airflow answers", [up], "s")
    report.add("make run, empty folder", "until the first hour is green", [green - (first[1] - first[0])], "s",
               reach="≤ 180")  # fmt: skip
    report.add("make run, empty folder", f"until all {hours} hours are", [green], "s")
    report.add("all processes", "memory (PSS), idle", [sum(idle.values()) / _MIB], "MiB", reach="≤ 1536")
    report.add("all processes", "memory (PSS), most while loading", [max(seen) / _MIB], "MiB", reach="≤ 1536")
    shares = ", ".join(f"{part} {size / _MIB:.0f}" for part, size in idle.most_common())
    report.notes.append(f"Memory when idle by part, in MiB: {shares}.")


def memory(folder: Path) -> Counter[str]:
    """Return the memory (PSS) of a running system by part, in bytes."""
    sizes: Counter[str] = Counter()
    for process in find_processes(folder):
        try:
            sizes[_part(process)] += process.memory_full_info().pss
        except psutil.Error:
            continue
    return sizes


def _part(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    for part, marks in _PARTS.items():
        if any(mark in words for mark in marks):
            return part
    return "other"


_PARTS = {
    "API server": ("api-server", "api_server"),
    "DAG processor": ("dag-processor", "DagFileProcessor"),
    "scheduler and workers": ("scheduler", "airflow worker", "airflow task", "LocalExecutor"),
    "local Redshift": ("local_redshift",),
    "S3": ("rclone",),
    "PostgreSQL": ("postgres",),
}


@contextmanager
def _watching(stack: Stack, every: float = 2.0) -> Iterator[list[int]]:
    """Measure the memory at an interval while the block runs."""
    seen = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(every):
            seen.append(sum(memory(stack.folder).values()))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _first_green(stack: Stack) -> tuple[float, float]:
    """Return when the first run ended and when the last one did, as seconds."""
    ends = sorted(datetime.fromisoformat(run["end_date"]).timestamp() for run in stack.api.runs(HOURLY))
    return ends[0], ends[-1]


def main() -> int:
    """Measure and print."""
    chosen = choose("startup", __doc__, BY_SIZE)
    data = f"{chosen.size.hours} hours of about 250 events, 1,000 songs"
    report = Report("startup", "Start, parsing, memory", data, chosen.command)
    measure_parsing(report, chosen.size.repetitions)
    measure_start(report, chosen.size.hours, chosen.seed)
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
