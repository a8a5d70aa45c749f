"""Bounds: few ranges that cover all rows that are sought, and little else."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest.mock import Mock

from sparkify.hooks.sql_text import Ranges
from sparkify.loading.bounds import join_spans, read_bounds


def test_an_outlier_keeps_a_range_of_its_own() -> None:
    days = [(number, number) for number in range(100)]
    assert join_spans([*days, (90_000, 90_001)], most=2) == ((0, 99), (90_000, 90_001))


def test_texts_are_spread_over_the_ranges() -> None:
    assert join_spans([(c, c) for c in "hgfedcba"], most=3) == (("a", "b"), ("c", "e"), ("f", "h"))


def test_bounds_are_read_by_name_and_kind_and_a_name_may_have_none() -> None:
    rows: list[tuple[Any, ...]] = [
        ("days", "time", "2018-11-05 13:00:00", "2018-11-05 13:59:59.5"),
        ("users", "number", "9", "10"),
        ("songs", "text", None, None),
    ]
    session = Mock(rows=Mock(return_value=rows))
    assert read_bounds(session, "SELECT 1;", names=["songs", "days"]) == {
        "days": Ranges(((datetime(2018, 11, 5, 13), datetime(2018, 11, 5, 13, 59, 59, 500_000)),)),
        "users": Ranges(((9, 10),)),
        "songs": Ranges(),
    }
