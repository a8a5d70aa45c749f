"""What a benchmark found: figures with their spread and rival, printed as a table and kept as JSON.

Every benchmark writes ``.state/bench/<name>.json``, a list with an object for each figure; ``bench.page`` makes
``docs/benchmarks.md`` of them.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import describe

FOLDER = Path(__file__).parents[1] / ".state" / "bench"


@dataclass(frozen=True)
class Figure:
    """One figure.

    :param benchmark: the benchmark's name.
    :param case: what was measured.
    :param metric: which of its properties.
    :param value: the median of the repetitions.
    :param unit: of the value.
    :param rival: what it is compared with; empty when there is nothing.
    :param ratio: the value against the rival's.
    :param repetitions: how often it was measured.
    :param spread: the smallest and the largest value.
    :param reach: what the ratio, or without a rival the value, is to stay below or above, as in ``≤ 2``.
    """

    benchmark: str
    case: str
    metric: str
    value: float
    unit: str
    rival: str = ""
    ratio: float | None = None
    repetitions: int = 1
    spread: tuple[float, float] | None = None
    reach: str = ""


@dataclass
class Report:
    """A benchmark's figures.

    :param benchmark: its name.
    :param title: what it shows.
    :param size: of the data, in words.
    :param command: how to measure it again.
    :param notes: sentences shown below the table, such as what was compared before times counted.
    """

    benchmark: str
    title: str
    size: str
    command: str = ""
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    machine: str = field(default_factory=describe)

    def add(
        self,
        case: str,
        metric: str,
        values: Sequence[float],
        unit: str,
        *,
        rival: str = "",
        against: Sequence[float] = (),
        reach: str = "",
    ) -> Figure:
        """Add a figure, the median of what was measured.

        :param case: what was measured.
        :param values: one for each repetition.
        :param rival: what it is compared with.
        :param against: the rival's values.
        :param reach: see :class:`Figure`.
        """
        value = statistics.median(values)
        ratio = value / statistics.median(against) if against and statistics.median(against) else None
        spread = (min(values), max(values)) if len(values) > 1 else None
        figure = Figure(
            self.benchmark, case, metric, value, unit, rival, ratio, repetitions=len(values), spread=spread, reach=reach
        )
        self.figures.append(figure)
        return figure

    def table(self) -> str:
        """Return the figures as a Markdown table, with machine and versions above and the notes below it."""
        lines = [f"### {self.title}", "", self.machine, "", f"{self.size}.", "", *table(self.figures)]
        return "\n".join([*lines, *(f"\n{note}" for note in self.notes)])

    def finish(self, folder: Path = FOLDER) -> None:
        """Print the table and keep the figures."""
        print(self.table(), flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        about = {"title": self.title, "size": self.size, "command": self.command, "notes": self.notes}
        about["machine"] = self.machine
        about["measured_at"] = f"{datetime.now(UTC):%Y-%m-%d}"
        rows = [asdict(figure) | about for figure in self.figures]
        (folder / f"{self.benchmark}.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def table(figures: Sequence[Figure]) -> list[str]:
    """Return the lines of a Markdown table."""
    head = ["what", "measure", "value", "spread", "times", "against", "ratio", "to reach"]
    rows = [
        [
            figure.case,
            figure.metric,
            f"{format_number(figure.value)} {figure.unit}".strip(),
            f"{format_number(figure.spread[0])} to {format_number(figure.spread[1])}" if figure.spread else "",
            str(figure.repetitions),
            figure.rival,
            f"{figure.ratio:.2f}" if figure.ratio is not None else "",
            figure.reach,
        ]
        for figure in figures
    ]
    aligned = ["---", "---", "---:", "---:", "---:", "---", "---:", "---"]
    return [f"| {' | '.join(row)} |" for row in (head, aligned, *rows)]


def format_number(value: float) -> str:
    """Return a number with three significant digits, or all of those before the point; a count as it is."""
    if isinstance(value, int):
        return f"{value:,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}"
