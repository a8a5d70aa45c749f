"""Figures are medians with their spread, and are shown with as many digits as say something."""

from __future__ import annotations

import pytest

from bench.figures import Figure, Report, format_number, table


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (7, "7"),
        (1234567, "1,234,567"),
        (0.0, "0"),
        (0.00123456, "0.00123"),
        (0.5, "0.5"),
        (1.0, "1.00"),
        (12.345, "12.35"),
        (99.994, "99.99"),
        (123.4, "123"),
        (98765.4, "98,765"),
        (-250.6, "-251"),
    ],
)
def test_a_number_has_three_digits_or_all_before_the_point(value: float, shown: str) -> None:
    assert format_number(value) == shown


@pytest.mark.parametrize(
    ("values", "against", "value", "ratio", "spread"),
    [
        ([3.0], [], 3.0, None, None),
        ([3.0, 1.0, 2.0], [], 2.0, None, (1.0, 3.0)),
        ([4.0, 2.0], [1.0, 2.0], 3.0, 2.0, (2.0, 4.0)),
        ([4.0], [0.0], 4.0, None, None),  # nothing can be held against nothing
    ],
)
def test_a_figure_is_the_median_of_its_repetitions_and_of_its_rivals(
    values: list[float],
    against: list[float],
    value: float,
    ratio: float | None,
    spread: tuple[float, float] | None,
) -> None:
    report = Report("b", "B", "small", machine="")
    figure = report.add("case", "metric", values, "s", rival="it" if against else "", against=against)
    assert (figure.value, figure.ratio, figure.spread, figure.repetitions) == (value, ratio, spread, len(values))
    assert report.figures == [figure]


def test_a_table_leaves_empty_what_was_not_measured() -> None:
    plain = Figure("b", "case", "metric", 3, "")
    whole = Figure("b", "case", "metric", 2.0, "s", "it", 0.5, 2, (1.0, 3.0), "≤ 1")
    assert table([plain, whole])[2:] == [
        "| case | metric | 3 |  | 1 |  |  |  |",
        "| case | metric | 2.00 s | 1.00 to 3.00 | 2 | it | 0.50 | ≤ 1 |",
    ]
    assert table([])[1] == "| --- | --- | ---: | ---: | ---: | --- | ---: | --- |"


def test_a_report_is_shown_with_machine_and_size_above_and_notes_below() -> None:
    report = Report("b", "Title", "small", machine="two cores", notes=["A note."])
    report.add("case", "metric", [1.0], "s")
    lines = report.table().splitlines()
    assert [line for line in lines if line][:3] == ["### Title", "two cores", "small."]
    assert lines[-1] == "A note."
