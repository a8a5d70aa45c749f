"""``python -m bench.page``: docs/benchmarks.md and its chart, of what the benchmarks found last."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.figures import FOLDER, Figure, format_number, table

DOCS = Path(__file__).parents[1] / "docs"
CHART = "images/benchmarks.svg"
#: The order of the page; benchmarks that are not named come last.
ORDER = ("hour", "cost", "backfill", "growth", "analytics", "startup", "copy", "server")
#: Grey and blue that can be read on white and on black.
_INK, _OWN, _RIVAL = "#808890", "#3b82c4", "#a8b0b8"

_HEAD = """# Benchmarks

Written by `make bench` (or `make bench-full`) from what it measured; [performance.md](performance.md) has the reasons.
Every value is the median of its repetitions, the spread is the smallest and the largest, a ratio is the value against
the one named beside it, taken in the same run. Rows are compared before times count.
"""
_FIELDS = ("benchmark", "case", "metric", "value", "unit", "rival", "ratio", "repetitions", "spread", "reach")

Rows = Sequence[dict[str, Any]]


def read(folder: Path = FOLDER) -> dict[str, Rows]:
    """Return the figures of all benchmarks that have run, in the page's order."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    ordered = sorted(found, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    return {name: found[name] for name in ordered if found[name]}


def write(found: dict[str, Rows], docs: Path = DOCS) -> None:
    """Write the page and its chart."""
    lines = [_HEAD]
    if draw(found, docs / CHART):
        lines.append(f"![The pipeline beside its rivals, where an hour's time goes, and growth]({CHART})\n")
    for name, rows in found.items():
        lines += section(name, rows)
    (docs / "benchmarks.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def section(name: str, rows: Rows) -> list[str]:
    """Return a benchmark's part of the page."""
    first = rows[0]
    about = [f"## {first.get('title', name)}", ""]
    command = first.get("command") or f"python -m bench.{name}"
    if first.get("size"):
        about += [f"{first['size']}. Measured on {first.get('measured_at', '?')} by `{command}`.", ""]
    if first.get("machine"):
        about += ["  \n".join(first["machine"].splitlines()), ""]
    notes = [f"\n{note}" for note in first.get("notes", ())]
    return [*about, *table([_figure(row) for row in rows]), *notes, ""]


def _figure(row: dict[str, Any]) -> Figure:
    return Figure(**{name: row[name] for name in _FIELDS if name in row})


def draw(found: dict[str, Rows], path: Path) -> bool:
    """Draw the chart of the results that were found, and return whether there were any."""
    panels = [item for item in _PANELS if item[0] in found]
    if not panels:
        return False
    mpl.rcParams.update(
        {"text.color": _INK, "axes.labelcolor": _INK, "xtick.color": _INK, "ytick.color": _INK, "axes.edgecolor": _INK}
    )
    # The same figures make the same file.
    mpl.rcParams.update({"svg.hashsalt": "benchmarks", "font.size": 9, "axes.titlesize": 10, "svg.fonttype": "none"})
    figure, axes = plt.subplots(len(panels), 1, figsize=(8, 2.3 * len(panels)), layout="constrained", squeeze=False)
    for axis, (name, panel) in zip(axes[:, 0], panels, strict=True):
        axis.spines[["top", "right"]].set_visible(False)
        panel(axis, found[name])
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, transparent=True, metadata={"Date": None})
    plt.close(figure)
    return True


def _bars(axis: Axes, names: Sequence[str], values: Sequence[float], unit: str) -> None:
    colors = [_OWN if "pipeline" in name else _RIVAL for name in names]
    bars = axis.barh(names, values, color=colors)
    axis.bar_label(bars, [f" {format_number(value)} {unit}" for value in values], color=_INK)
    axis.invert_yaxis()
    axis.margins(x=0.15)


def _draw_hour(axis: Axes, rows: Rows) -> None:
    times = {row["case"]: row["value"] for row in rows if row["metric"] in ("trigger to done", "command to end")}
    _bars(axis, list(times), list(times.values()), "s")
    axis.set_title("An hour, trigger to end (seconds)", loc="left")


def _draw_parts(axis: Axes, rows: Rows) -> None:
    parts = {row["metric"]: row["value"] for row in rows if row["case"] == "the pipeline's tasks"}
    _bars(axis, list(parts), list(parts.values()), "s")
    axis.set_title("Where its tasks' time goes (seconds, summed)", loc="left")


def _draw_growth(axis: Axes, rows: Rows) -> None:
    shown = [row for row in rows if row["ratio"] is not None and row["metric"] == "rows read"]
    _bars(axis, [row["case"] for row in shown], [row["ratio"] for row in shown], "times")
    axis.axvline(1.1, color=_INK, linestyle=":")
    axis.set_title("Rows read, against the smallest (reach 1.1)", loc="left")


def _draw_backfill(axis: Axes, rows: Rows) -> None:
    shown = [row for row in rows if row["metric"] == "throughput"]
    _bars(axis, [row["case"] for row in shown], [row["value"] for row in shown], "/s")
    axis.set_title("Tasks a second in Airflow's backfill", loc="left")


_PANELS = (("hour", _draw_hour), ("hour", _draw_parts), ("backfill", _draw_backfill), ("growth", _draw_growth))


def main() -> int:
    """Write the page."""
    found = read()
    if not found:
        print(f"Nothing was measured yet: {FOLDER} has no figures. Run make bench.")
        return 1
    write(found)
    print(f"Wrote {DOCS / 'benchmarks.md'}: {', '.join(found)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
