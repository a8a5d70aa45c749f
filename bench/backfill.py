"""``python -m bench.backfill``: many hours, as one window and as runs of their own by Airflow's backfill.

A backfill is compared with the same runs of no-op tasks in the same scheduler, at several numbers of task slots, and
against the provider's operators. The window is the pipeline's own way; with ``--data`` a folder in the public sample's
layout is loaded as one, too.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bench.figures import Report
from bench.sizes import Choice, choose
from bench.system import NOOP, RIVAL, System, open_system
from local.runner.loading import HOURLY
from local.runner.settings import RunnerSettings
from local.sample import Sample


@dataclass(frozen=True)
class Size:
    """How much is measured.

    :param hours: runs of the backfill.
    :param window: hours of the window.
    :param rival_hours: runs of the provider's operators, one after the other: in another order their tables would end
        otherwise.
    :param slots: numbers of task slots; the first with all of the runs.
    :param fewer: runs at the other numbers of slots.
    :param untuned: runs with each of Airflow's own settings.
    :param events: events of an hour, about.
    """

    hours: int
    window: int
    rival_hours: int
    slots: tuple[int, ...] = (RunnerSettings.parallelism,)
    fewer: int = 96
    untuned: int = 0
    events: int = 250


BY_SIZE = {"tiny": Size(2, 2, 1), "short": Size(12, 240, 3), "full": Size(720, 720, 24, (8, 4, 16), untuned=96)}
#: Airflow's settings that the runner changes for throughput; each is measured separately with its default.
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "scheduler_idle_sleep_time 1 (default)": {"AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "1"},
    "min_heartbeat_interval 5 (default)": {"AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "5"},
}
_HOUR = timedelta(hours=1)


def measure_backfill(system: System, sample: Sample, hours: int, slots: int, report: Report, title: str = "") -> None:
    """Backfill no-op runs, then the pipeline's, and add both.

    :param hours: runs.
    :param slots: task slots, and runs in parallel.
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


def run_benchmark(chosen: Choice[Size], report: Report) -> None:
    """Measure everything of a size."""
    size = chosen.size
    # The window's hours are others than the backfill's: neither loads what is loaded already.
    sample = Sample(seed=chosen.seed, hours=size.hours + size.window, songs=1000, events_per_hour=size.events)
    with open_system(sample, parallelism=size.slots[0]) as system:
        seconds = measure_window(system, sample.start + size.hours * _HOUR, size.window)
        case = f"one window of {size.window} hours, generated"
        report.add(case, "trigger to done", [seconds], "s", reach="≤ 60")
        measure_backfill(system, sample, size.hours, size.slots[0], report)
        if size.rival_hours:
            measure_rival(system, sample, size.rival_hours, report)
    for slots in size.slots[1:]:
        with open_system(sample, parallelism=slots) as system:
            measure_backfill(system, sample, min(size.fewer, size.hours), slots, report)
    for title, environment in _DEFAULTS.items() if size.untuned else ():
        with open_system(sample, environment=environment) as system:
            measure_backfill(system, sample, min(size.untuned, size.hours), RunnerSettings.parallelism, report, title)
    if chosen.options.data:
        measure_public_sample(chosen.options.data, report)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print."""
    chosen = choose("backfill", __doc__, BY_SIZE, words, extend=lambda parser: parser.add_argument(
        "--data", type=Path, help="a folder in the public sample's layout, loaded as one window too"))  # fmt: skip
    logging.getLogger("httpx").setLevel(logging.WARNING)
    size = chosen.size
    data = f"{size.hours} hours of about {size.events:,} events as runs, {size.window} hours as a window"
    report = Report("backfill", "Thirty days: one window, and Airflow's backfill", data, chosen.command)
    run_benchmark(chosen, report)
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
