"""A row that is written again as it was is told from one that changed, came or went."""

from __future__ import annotations

from typing import Any

import pytest

from bench.rewrites import Versions, count_rewritten, read_versions

A, B = ("a",), ("b",)


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ({("1", "x"): A}, {("1", "x"): A}, 0),  # untouched
        ({("1", "x"): A}, {("2", "y"): A}, 1),  # written again
        ({("1", "x"): A}, {("1", "y"): A}, 1),  # at the same place
        ({("1", "x"): A}, {("2", "y"): B}, 0),  # changed
        ({("1", "x"): A}, {}, 0),
        ({}, {("1", "x"): A}, 0),
        ({("1", "x"): A, ("2", "x"): A}, {("3", "y"): A}, 1),  # of two equal rows one is gone
        ({("1", "x"): A}, {("1", "x"): A, ("2", "y"): A}, 0),  # another one that is equal came
        ({("1", "x"): A, ("2", "x"): B}, {("3", "y"): B, ("4", "y"): A}, 2),
    ],
)
def test_rows_that_were_replaced_by_equal_ones_are_counted(before: Versions, after: Versions, count: int) -> None:
    assert count_rewritten({"public.t": before}, {"public.t": after}).total() == count


def test_a_table_that_was_made_or_dropped_in_between_is_not_compared() -> None:
    assert not count_rewritten({"public.old": {("1", "x"): A}}, {"public.new": {("2", "y"): A}})


def test_versions_are_read_of_what_says_something_about_the_data() -> None:
    asked: list[str] = []

    def execute(sql: str) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return [("(0,1)", "7", 1, "free")]

    tables = {"public.users": ["user_id", "level", "run_id", "loaded_at"], "etl.load_history": ["run_id"]}
    assert read_versions(execute, tables) == {"public.users": {("(0,1)", "7"): (1, "free")}}
    assert asked == ['SELECT ctid::text, xmin::text, "user_id", "level" FROM public."users"']
