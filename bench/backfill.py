"""``python -m bench.backfill``: many hours, as one window and as runs of their own by Airflow's backfill.

A backfill is held against the same runs of no-op tasks in the same scheduler, at several numbers of task slots, and
against the provider's operators. The window is the pipeline's own way; with ``--data`` a folder in the public sample's
layout is loaded as one, too.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bench.figures import Report, parser
from bench.system import NOOP, RIVAL, System, open_system
from local.runner.loading import HOURLY
from local.runner.settings import RunnerSettings
from local.sample import Sample

#: Hours of the backfill, of the window, and the numbers of task slots that are tried.
_HOURS = {"tiny": 2, "short": 12, "full": 720}
_WINDOW_HOURS = {"tiny": 2, "short": 240, "full": 720}
_SLOTS = {"tiny": (8,), "short": (8,), "full": (8, 4, 16)}
#: At other numbers of slots than the first, fewer runs tell as much.
_FEWER = 96
#: Runs of the provider's operators, one after the other: in another order their tables would end otherwise.
_RIVAL_HOURS = {"tiny": 1, "short": 3, "full": 24}
#: Airflow's settings that the runner changes for the sake of throughput, each put back to its default by itself.
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "scheduler_idle_sleep_time 1 (default)": {"AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "1"},
    "min_heartbeat_interval 5 (default)": {"AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "5"},
}
_HOUR = timedelta(hours=1)


def measure_backfill(system: System, sample: Sample, hours: int, slots: int, report: Report, title: str = "") -> None:
    """Backfill no-op runs, then the pipeline's, and add both.

    :param hours: runs.
    :param slots: task slots, and runs at once.
    :param title: what is particular about the system.
    """
    first = sample.start
    last = first + (hours - 1) * _HOUR
    tasks = hours * len(system.shape())
    noop = tasks / system.backfill(NOOP, first, last, slots)
    pipeline = tasks / system.backfill(HOURLY, first, last, slots)
    case = f"{hours} runs, {slots} slots{title and ', '}{title}"
    report.add(f"no-op tasks, {case}", "throughput", [noop], "tasks/s")
    report.add(f"the pipeline, {case}", "throughput", [pipeline], "tasks/s", rival="no-op tasks", against=[noop],
               reach="≥ 0.45")  # fmt: skip
    report.add(f"the pipeline, {case}", "runs", [pipeline / len(system.shape())], "runs/s")


def measure_rival(system: System, sample: Sample, hours: int, report: Report) -> None:
    """Backfill the same loads by the provider's operators, which only the order of time allows."""
    seconds = system.backfill(RIVAL, sample.start, sample.start + (hours - 1) * _HOUR, 1)
    ours = [figure.value for figure in report.figures if figure.metric == "runs"]
    report.add(f"provider's operators, {hours} runs in order", "runs", [hours / seconds], "runs/s",
               rival="the pipeline", against=ours[:1])  # fmt: skip


def measure_window(system: System, first: datetime, hours: int) -> float:
    """Load hours as one window and return the seconds from its trigger to its end."""
    window = {"window_start": first.isoformat(), "window_end": (first + hours * _HOUR).isoformat()}
    return system.run(HOURLY, window, timeout=3600).seconds


def measure_public_sample(data: Path, report: Report) -> None:
    """Load a folder's hours as one window, in a system of its own."""
    with open_system(Sample(), data=data) as system:
        hours = system.stack.source.hours()
        window = {"window_start": hours[0].isoformat(), "window_end": (hours[-1] + _HOUR).isoformat()}
        seconds = system.run(HOURLY, window, timeout=3600).seconds
        plays = system.execute("SELECT COUNT(*) FROM public.songplays")[0][0]
        report.add(f"one window of {len(hours)} hours, the folder's {plays:,} plays", "trigger to done", [seconds], "s",
                   reach="≤ 60")  # fmt: skip


def run_benchmark(size: str, seed: int, data: Path | None, report: Report) -> None:
    """Measure everything of a size."""
    # The window's hours are others than the backfill's: neither loads what is loaded already.
    sample = Sample(seed=seed, hours=_HOURS[size] + _WINDOW_HOURS[size], songs=1000)
    for number, slots in enumerate(_SLOTS[size]):
        hours = _HOURS[size] if number == 0 else min(_FEWER, _HOURS[size])
        with open_system(sample, parallelism=slots) as system:
            if number == 0:
                seconds = measure_window(system, sample.start + hours * _HOUR, _WINDOW_HOURS[size])
                case = f"one window of {_WINDOW_HOURS[size]} hours, generated"
                report.add(case, "trigger to done", [seconds], "s", reach="≤ 60" if size != "tiny" else "")
            measure_backfill(system, sample, hours, slots, report)
            if number == 0:
                measure_rival(system, sample, _RIVAL_HOURS[size], report)
    if size == "full":
        for title, environment in _DEFAULTS.items():
            with open_system(sample, environment=environment) as system:
                measure_backfill(system, sample, _FEWER, RunnerSettings.parallelism, report, title)
    if data:
        measure_public_sample(data, report)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print."""
    arguments = parser("backfill", __doc__)
    arguments.add_argument("--data", type=Path, help="a folder in the public sample's layout, loaded as one window too")
    chosen = arguments.parse_args(words)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    size = f"{_HOURS[chosen.size]} hours of about 250 events as runs, {_WINDOW_HOURS[chosen.size]} hours as a window"
    report = Report("backfill", "Thirty days: one window, and Airflow's backfill", size)
    run_benchmark(chosen.size, chosen.seed, chosen.data, report)
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
