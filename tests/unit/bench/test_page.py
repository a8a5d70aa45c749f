"""docs/benchmarks.md is made of what the benchmarks left."""

from __future__ import annotations

import json

from bench import page
from bench.figures import Report


def report() -> Report:
    report = Report("hour", "An hour", "2 hours of 250 events", machine="Linux, 2 cores\nPython 3.11")
    report.add("same graph, no-op tasks", "trigger to done", [4.0, 5.0, 6.0], "s")
    report.add("the pipeline", "trigger to done", [8.0, 8.0], "s", rival="no-op tasks", against=[5.0], reach="≤ 2")
    report.notes.append("All tables are the same row for row.")
    return report


def test_a_figure_is_the_median_with_its_spread_and_its_ratio_to_the_rivals_median():
    noop, pipeline = report().figures
    assert (noop.value, noop.spread, noop.repetitions, noop.ratio) == (5.0, (4.0, 6.0), 3, None)
    assert (pipeline.value, pipeline.ratio) == (8.0, 1.6)


def test_the_page_shows_every_figure_with_machine_size_and_notes(tmp_path):
    report().finish(tmp_path / "figures")
    page.write(page.read(tmp_path / "figures"), tmp_path)
    text = (tmp_path / "benchmarks.md").read_text()
    assert "| the pipeline | trigger to done | 8.00 s | 8.00 to 8.00 | 2 | no-op tasks | 1.60 | ≤ 2 |" in text
    assert "Linux, 2 cores" in text
    assert "2 hours of 250 events. Measured on 20" in text
    assert "All tables are the same row for row." in text
    assert "the pipeline" in (tmp_path / page.CHART).read_text()


def test_figures_are_a_list_of_objects_that_stand_for_themselves(tmp_path):
    report().finish(tmp_path)
    [noop, _] = json.loads((tmp_path / "hour.json").read_text())
    assert noop["benchmark"] == "hour"
    assert noop["unit"] == "s"
    assert noop["machine"] == "Linux, 2 cores\nPython 3.11"


def test_the_same_figures_make_the_same_chart(tmp_path):
    report().finish(tmp_path)
    found = page.read(tmp_path)
    page.draw(found, tmp_path / "one.svg")
    page.draw(found, tmp_path / "other.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


def test_a_benchmark_that_nobody_named_comes_last(tmp_path):
    for name in ("zebra", "hour", "growth"):
        other = Report(name, name, "nothing", machine="")
        other.add("case", "metric", [1.0], "s")
        other.finish(tmp_path)
    assert list(page.read(tmp_path)) == ["hour", "growth", "zebra"]
