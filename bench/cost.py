"""``python -m bench.cost``: what an hour costs at Redshift's prices, counted and not timed.

Statements, those under the writers' lock, tables created, commits, scans of growing tables that no literals bound, and
rows rewritten unchanged: the counts are the same on every machine. The pipeline's tasks run in this process, one after
the other; a proxy of the protocol notes everything that their sessions send. docs/scale.md says what the counts mean.
That they are what Redshift charges for was never verified on a real one: ``make verify-redshift`` settles it.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench import cost_rivals
from bench.cost_cases import Case, Pipeline, Size, cases, open_pipeline
from bench.counted import Result
from bench.figures import Report
from bench.sizes import choose
from bench.statements import Counts, Unbounded
from bench.warehouse import HOUR, START, be_quiet

#: Scans that no literal can bound, by their table, and when they are needed.
EXCEPTIONS = {
    "etl.play_deliveries": "plays by a new song's title: with new songs only",
    "etl.user_observations": "the history of users whose latest observation was withdrawn: only then",
}


BY_SIZE = {"tiny": Size(2, 60, 60, 3), "short": Size(10, 300), "full": Size(200, 3000)}


_COLUMNS: Mapping[str, Callable[[Counts], int]] = {
    "statements": lambda counts: counts.statements,
    "under the lock": lambda counts: counts.under_lock,
    "tables created": lambda counts: counts.tables,
    "commits": lambda counts: counts.commits,
    "commits under the lock": lambda counts: counts.commits_under_lock,
    "scans without literal bounds": lambda counts: len(counts.unbounded),
    "rows rewritten unchanged": lambda counts: counts.rewritten.total(),
    "SET, BEGIN, COMMIT": lambda counts: counts.control,
    "views": lambda counts: counts.views,
    "queries in no transaction": lambda counts: counts.reads,
}
#: The first columns that become figures of the report.
_FIGURES = 7
#: The most that an hour may count, with new songs and without.
REACH = {
    "statements": (100, 70),
    "under the lock": (55, 35),
    "tables created": (28, 20),
    "commits": (13, 11),
    "commits under the lock": (1, 1),
    "scans without literal bounds": (1, 0),
    "rows rewritten unchanged": (0, 0),
}
#: Additional statements for an hour that was loaded before: they remove what its files no longer hold.
REMOVALS = 10


def reach_of(name: str, case: Case) -> int:
    """Return what a case may count of something."""
    return REACH[name][not case.new_songs] + (REMOVALS if case.again and name == "statements" else 0)


def table_by_task(result: Result) -> list[str]:
    """Return a case as lines of a Markdown table."""
    rows = [(task, counts) for task, counts in result.tasks.items() if counts.statements or counts.control]
    lines = [f"| {result.case} | {' | '.join(_COLUMNS)} |", f"| --- |{' ---: |' * len(_COLUMNS)}"]
    for task, counts in [*rows, ("in total", result.total)]:
        lines.append(f"| {task} | {' | '.join(str(value(counts)) for value in _COLUMNS.values())} |")
    return lines


def findings(result: Result) -> list[str]:
    """Return the scans that no literals bound, and what was rewritten, one a line."""
    whole = Counter((found.task, found.table, excerpt(found)) for found in result.total.unbounded)
    rewritten = [
        f"- {task} rewrites {count} rows of {table} unchanged"
        for task, counts in result.tasks.items()
        for table, count in counts.rewritten.items()
    ]
    return [f"- {task} scans all of {table}: {text}" for task, table, text in whole] + rewritten


def excerpt(found: Unbounded, characters: int = 160) -> str:
    """Return the beginning of a statement and where it first names the table that it scans."""
    text = " ".join(re.sub(r"--[^\n]*|/\*.*?\*/", " ", found.statement, flags=re.DOTALL).split())
    place = re.search(rf"\b{found.table.partition('.')[2]}\b", text)
    start = max(0, place.start() - 20) if place else 0
    head = text[:40] + " … " if start > 40 else text[:start]
    return head + text[start : start + characters] + (" …" if len(text) > start + characters else "")


def add_figures(report: Report, result: Result, case: Case | None = None) -> None:
    """Add the counts to the report, with their targets if the case is an hour of the pipeline."""
    for name, value in list(_COLUMNS.items())[:_FIGURES]:
        reach = f"≤ {reach_of(name, case)}" if case and case.hours == 1 else ""
        report.add(result.case, name, [value(result.total)], "", reach=reach)


def chosen_cases(names: str | None, window: int) -> list[Case]:
    """Return the cases that a text names, or all cases without one.

    :param names: names or parts of them, separated by semicolons.
    :raises SystemExit: when a part is of no case.
    """
    known = cases(window)
    parts = [part.strip() for part in names.split(";")] if names else [""]
    unknown = [part for part in parts if not any(part in case.name for case in known)]
    if unknown:
        sys.exit(f"There is no case {unknown[0]!r}; there are: {'; '.join(case.name for case in known)}.")
    exact = {case.name for case in known}
    return [case for case in known if any(case.name == p or (p in case.name and p not in exact) for p in parts)]


def show(result: Result) -> None:
    """Print a case."""
    print("\n".join(["", *table_by_task(result), "", *findings(result)]), flush=True)


def show_statements(result: Result) -> None:
    """Print a case's statements as they ran, by task."""
    for task, counts in result.tasks.items():
        for number, text in enumerate(counts.texts, start=1):
            print(f"-- {result.case}, {task}, {number}\n{text};\n", flush=True)


def _options(parser: Any) -> None:
    parser.add_argument("--cases", help="parts of their names, separated by semicolons (default: all)")
    parser.add_argument("--statements", action="store_true", help="print every statement as it ran")
    parser.add_argument("--without-rivals", action="store_true", help="do not run the provider's operators and dbt")
    parser.add_argument("--without-dbt", action="store_true", help="do not install and run dbt")


def count_rivals(report: Report, pipeline: Pipeline, folder: Path, *, with_dbt: bool) -> None:
    """Count the rivals' loads of an hour that is there."""
    cost_rivals.prepare(pipeline.warehouse)
    hour = START + pipeline.size.history * HOUR
    hours = {"first load": hour, "unchanged rerun": hour}
    results = list(cost_rivals.count_provider(pipeline.warehouse, folder, hours))
    if with_dbt:
        results += cost_rivals.count_dbt(pipeline.warehouse, folder, hours)
    for result in results:
        show(result)
        add_figures(report, result)
    report.notes += [f"Not promised by {name}: {text}." for name, text in cost_rivals.MISSING.items()]


def main() -> int:
    """Count and print."""
    chosen = choose("cost", __doc__, BY_SIZE, extend=_options)
    size, options = chosen.size, chosen.options
    wanted = chosen_cases(options.cases, size.window)
    be_quiet()
    data = f"{size.history} hours loaded before, about {size.events:,} events an hour, {size.songs:,} songs"
    report = Report("cost", "What an hour costs at Redshift's prices", data, chosen.command)
    print(report.machine, flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-cost-") as name:
        folder = Path(name)
        with open_pipeline(folder, size, chosen.seed) as pipeline:
            for case in wanted:
                result = pipeline.run(case)
                show(result)
                if options.statements:
                    show_statements(result)
                add_figures(report, result, case)
            if not options.without_rivals:
                count_rivals(report, pipeline, folder, with_dbt=not options.without_dbt)
    report.notes += [f"Scans that no literal can bound: of {table}, {reason}." for table, reason in EXCEPTIONS.items()]
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
