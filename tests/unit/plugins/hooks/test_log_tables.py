"""Short tables for people who read task logs."""

from __future__ import annotations

from typing import Any

import pytest

from sparkify.hooks.log_tables import format_counts, rate


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (1309, "1,309"),
        (-1309, "-1,309"),
        (1.04, "1.040"),
        (0.0004, "0.000"),
        (True, "True"),
        (None, "None"),
        ("failed", "failed"),
    ],
)
def test_a_value_is_shown_as_people_read_it(value: Any, shown: str) -> None:
    assert format_counts("Title", {"rows": value}) == f"Title\n  rows  {shown}"


def test_names_are_on_the_left_and_numbers_end_below_each_other() -> None:
    assert format_counts("public.users", {"candidates": 1309, "source_lines": 7}).split("\n") == [
        "public.users",
        "  candidates    1,309",
        "  source lines      7",
    ]


def test_without_counts_there_is_only_the_title() -> None:
    assert format_counts("Nothing", {}) == "Nothing"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"rows": 100, "seconds": 0.5}, {"rows_per_second": 200}),
        ({"rows": 100, "seconds": 3}, {"rows_per_second": 33}),
        ({"rows": 0, "seconds": 0.5}, {}),
        ({"rows": 100, "seconds": 0.0}, {}),
        ({"rows": 100}, {}),
        ({"seconds": 0.5}, {}),
    ],
)
def test_a_rate_needs_a_count_and_seconds(counts: dict[str, float], expected: dict[str, int]) -> None:
    assert rate("rows", counts) == expected
