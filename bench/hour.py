"""``python -m bench.hour``: an hour of the pipeline from its trigger to its end, beside its rivals.

The rivals are the same graph of tasks that do nothing, which is what Airflow itself takes; the provider's operators
with the same loads; and a dbt project with the same loads, run by its command line. All take turns on the same hours in
one running system, and before a time counts the tables of all are compared row for row.
"""

from __future__ import annotations

import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.dbt import SCHEMA as DBT_SCHEMA
from bench.dbt import DbtProject
from bench.figures import Report
from bench.sizes import choose
from bench.star import KEYS
from bench.system import EVENT_PATHS, NOOP, RIVAL, Run, System, open_system
from local.runner.loading import HOURLY
from local.sample import Sample
from sparkify.tables import EVENT_COLUMNS


@dataclass(frozen=True)
class Size:
    """How much is measured.

    :param hours: hours that are loaded and count.
    :param songs: song files in S3.
    :param events: events of an hour, about.
    """

    hours: int
    songs: int
    events: int = 250


BY_SIZE = {"tiny": Size(1, 50), "short": Size(3, 1000), "full": Size(15, 5000)}
#: The parts of a task's life that the probe times; what is left is queueing, forking, reporting and logging.
_PARTS = ("parse", "connect", "s3", "copy", "sql")


@dataclass
class Contenders:
    """What each contender took for the hours."""

    noop: list[Run] = field(default_factory=list)
    pipeline: list[Run] = field(default_factory=list)
    provider: list[Run] = field(default_factory=list)
    dbt: list[float] = field(default_factory=list)


def measure(system: System, hours: Sequence[datetime], dbt: DbtProject | None) -> Contenders:
    """Have the contenders load the hours in turn; the first hour warms everything up and does not count."""
    found = Contenders()
    for hour in hours:
        found.noop.append(system.run(NOOP))
        found.pipeline.append(load(system, hour))
        found.provider.append(system.run(RIVAL, {"window_start": hour.isoformat()}))
        if dbt:
            started = time.perf_counter()
            dbt.run(hour)
            found.dbt.append(time.perf_counter() - started)
        logging.info("%s is loaded by all", hour)
    return found


def load(system: System, hour: datetime) -> Run:
    """Load an hour by the pipeline."""
    return system.run(HOURLY, {"window_start": hour.isoformat(), "window_end": (hour + timedelta(hours=1)).isoformat()})


def differences(system: System, schema: str) -> list[str]:
    """Return how a rival's tables differ from the pipeline's, row for row."""
    found = []
    for table in KEYS:
        names = [row[0] for row in system.execute(_COLUMNS, ("public", table))]
        columns = ", ".join(f'"{name}"' for name in names)
        for one, other in (("public", schema), (schema, "public")):
            rows = f"SELECT {columns} FROM {one}.{table} EXCEPT SELECT {columns} FROM {other}.{table}"
            count = system.execute(f"SELECT COUNT(*) FROM ({rows}) AS d")[0][0]
            if count:
                found.append(f"{count} rows of {one}.{table} are not in {other}")
    return found


_COLUMNS = """SELECT column_name FROM information_schema.columns
WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"""


def report_times(report: Report, found: Contenders) -> None:
    """Add what the contenders took."""
    noop = [run.seconds for run in found.noop]
    pipeline = [run.seconds for run in found.pipeline]
    provider = [run.seconds for run in found.provider]
    report.add("same graph, no-op tasks", "trigger to done", noop, "s")
    report.add("the pipeline", "trigger to done", pipeline, "s", rival="no-op tasks", against=noop, reach="≤ 1.5")
    report.add("the pipeline", "trigger to done", pipeline, "s", rival="provider's operators", against=provider)
    report.add("provider's operators", "trigger to done", provider, "s", rival="no-op tasks", against=noop)
    if found.dbt:
        report.add("dbt run", "command to end", found.dbt, "s", rival="the pipeline", against=pipeline)
    noop_cpu, cpu = [run.cpu for run in found.noop], [run.cpu for run in found.pipeline]
    report.add("same graph, no-op tasks", "processor time, whole system", noop_cpu, "s")
    report.add("the pipeline", "processor time, whole system", cpu, "s", rival="no-op tasks", against=noop_cpu)
    report.add("provider's operators", "processor time, whole system", [run.cpu for run in found.provider], "s",
               rival="no-op tasks", against=noop_cpu)  # fmt: skip


def report_parts(report: Report, system: System, runs: Sequence[Run]) -> None:
    """Add where the time of the pipeline's tasks goes, summed over the tasks of a run."""
    spans = [system.spans(run.run_id) for run in runs]
    life = [sum(span["life"] for span in run) for run in spans]
    named: dict[str, list[float]] = {part: [_sum(run, part) for run in spans] for part in _PARTS}
    named["process, reports, logging"] = [
        whole - sum(values) for whole, values in zip(life, zip(*named.values(), strict=True), strict=True)
    ]
    for part, values in named.items():
        report.add("the pipeline's tasks", _WORDS.get(part, part), values, "s", rival="all of the tasks' time",
                   against=life)  # fmt: skip
    report.add("the pipeline's tasks", "queue: ready to started", [queue_seconds(system, run) for run in runs], "s",
               rival="all of the tasks' time", against=life)  # fmt: skip
    statements = statistics.median(sum(span["counts"].get("sql", 0) for span in run) for run in spans)
    report.notes.append(f"The pipeline's {len(spans[0])} tasks run {statements:.0f} statements an hour.")


_WORDS = {"parse": "reading the DAG file", "connect": "connecting", "s3": "S3", "copy": "COPY", "sql": "SQL"}


def _sum(spans: Sequence[dict[str, Any]], part: str) -> float:
    return float(sum(span["spent"].get(part, 0.0) for span in spans))


def queue_seconds(system: System, run: Run) -> float:
    """Return how long a run's tasks waited from being ready to being started, summed."""
    tasks = system.api.tasks(HOURLY, run.run_id).values()
    waits = [
        datetime.fromisoformat(task["start_date"]) - datetime.fromisoformat(task["scheduled_when"])
        for task in tasks
        if task["start_date"] and task["scheduled_when"]
    ]
    return sum(wait.total_seconds() for wait in waits)


def run_benchmark(system: System, hours: Sequence[datetime], report: Report, dbt: DbtProject | None) -> None:
    """Measure, compare, and fill the report.

    :raises RuntimeError: when a rival's rows are not the pipeline's.
    """
    found = measure(system, hours, dbt)
    for name, schema in (("provider's operators", "rival_provider"), *([("dbt", DBT_SCHEMA)] if dbt else [])):
        different = differences(system, schema)
        if different:
            raise RuntimeError(f"The tables of {name} are not the pipeline's: {'; '.join(different)}")
    plays = system.execute("SELECT COUNT(*) FROM public.songplays")[0][0]
    report.notes.append(f"All {len(KEYS)} tables are the same row for row; songplays has {plays:,} rows.")
    first = 1 if len(hours) > 1 else 0
    counted = Contenders(found.noop[first:], found.pipeline[first:], found.provider[first:], found.dbt[first:])
    report_times(report, counted)
    report_parts(report, system, counted.pipeline)


def main() -> int:
    """Measure and print."""
    chosen = choose("hour", __doc__, BY_SIZE, extend=lambda parser: parser.add_argument(
        "--without-dbt", action="store_true", help="do not install and run dbt"))  # fmt: skip
    size = chosen.size
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sample = Sample(seed=chosen.seed, hours=size.hours + 1, songs=size.songs, events_per_hour=size.events)
    data = f"{size.hours} hours of about {size.events:,} events each, {size.songs:,} songs in S3"
    report = Report("hour", "An hour, from its trigger to its end", data, chosen.command)
    with open_system(sample) as system, tempfile.TemporaryDirectory() as folder:
        dbt = None
        if not chosen.options.without_dbt:
            login = system.stack.redshift.connection()
            dbt = DbtProject(Path(folder) / "dbt", login, system.bucket, list(EVENT_COLUMNS), EVENT_PATHS)
        run_benchmark(system, sample.hour_starts(), report, dbt)
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
