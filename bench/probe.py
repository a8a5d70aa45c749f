"""Times the parts of a task: an Airflow plugin that only the benchmarks install.

It wraps functions of Airflow's task runner and of the pipeline's hooks in the process that workers are forked from.
When a task ends, it appends a line to the file that ``SPARKIFY_BENCH_SPANS`` names.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

_spent: Counter[str] = Counter()
_counts: Counter[str] = Counter()

#: What is timed: module, class (or an empty string), function, and the part of the task that it counts towards.
_WRAPPED = (
    ("airflow.sdk.execution_time.task_runner", "", "parse", "parse"),
    ("airflow.sdk.execution_time.task_runner", "", "_execute_task", "execute"),
    ("sparkify.hooks.warehouse", "", "connect", "connect"),
    ("sparkify.hooks.object_store", "ObjectStore", "list_objects", "s3"),
    ("sparkify.hooks.object_store", "ObjectStore", "scan_folder", "s3"),
    ("sparkify.hooks.object_store", "ObjectStore", "put", "s3"),
    ("sparkify.hooks.object_store", "ObjectStore", "delete", "s3"),
)


def _timed(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        name = part
        if part == "sql":
            name = "copy" if str(args[1]).lstrip().startswith("COPY") else "sql"
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            _spent[name] += time.perf_counter() - started
            _counts[name] += 1

    return timed


def _write(finalize: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(finalize)
    def finalize_and_write(ti: Any, *args: Any, **kwargs: Any) -> Any:
        result = finalize(ti, *args, **kwargs)
        times = os.times()
        span = {
            "dag_id": ti.dag_id,
            "run_id": ti.run_id,
            "task_id": ti.task_id,
            "cpu": times.user + times.system,
            "life": time.time() - _process_start(),
            "spent": dict(_spent),
            "counts": dict(_counts),
        }
        with open(os.environ["SPARKIFY_BENCH_SPANS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(span) + "\n")
        return result

    return finalize_and_write


def _process_start() -> float:
    import psutil

    return psutil.Process().create_time()


def install() -> None:
    """Replace the functions by versions that measure their time."""
    for module_name, class_name, function, part in _WRAPPED:
        owner = importlib.import_module(module_name)
        if class_name:
            owner = getattr(owner, class_name)
        setattr(owner, function, _timed(part, getattr(owner, function)))
    warehouse = importlib.import_module("sparkify.hooks.warehouse").WarehouseSession
    warehouse._execute = staticmethod(_timed("sql", warehouse._execute))
    runner = importlib.import_module("airflow.sdk.execution_time.task_runner")
    runner.finalize = _write(runner.finalize)


class _Listener:
    @hookimpl
    def on_starting(self, component: Any) -> None:
        # Airflow loads a plugin's file more than once.
        if sys.argv[1:2] == ["scheduler"] and not hasattr(sys, "sparkify_bench_probe"):
            sys.sparkify_bench_probe = True  # type: ignore[attr-defined]
            install()


class ProbePlugin(AirflowPlugin):
    """Installs the probe when the scheduler starts."""

    name = "sparkify_bench_probe"
    listeners = [_Listener()]  # noqa: RUF012
