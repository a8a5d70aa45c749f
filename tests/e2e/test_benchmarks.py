"""A smoke of the benchmarks that need the scheduler: one hour, on the system that the other tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import hour, startup
from bench.figures import Report
from bench.system import System
from local.runner.stack import Stack


def test_an_hour_is_measured_with_its_parts(stack: Stack, tmp_path: Path, new_day, events, bucket) -> None:
    bucket.put_events(new_day, events[0])
    system = System(stack, tmp_path / "spans.jsonl")
    run = hour.load(system, new_day)
    assert run.seconds > 0
    # No second look at the sum: it falls for a moment when a process ends, until its parent has waited for it.
    assert run.cpu > 0
    report = Report("hour", "An hour", "tiny", machine="")
    hour.report_times(report, hour.Contenders(noop=[run], pipeline=[run], provider=[run]))
    ratios = [figure.ratio for figure in report.figures if figure.ratio is not None]
    assert ratios == [pytest.approx(1.0)] * len(ratios)
    assert hour.queue_seconds(system, run) > 0


def test_memory_is_told_by_part(stack: Stack) -> None:
    sizes = startup.memory(stack.folder)
    assert {"API server", "scheduler and workers", "DAG processor", "local Redshift", "PostgreSQL", "S3"} <= set(sizes)
    assert all(sizes[part] > 0 for part in sizes)
