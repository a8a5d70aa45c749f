"""Which runs load which hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local.runner.loading import spans

START = datetime(2018, 11, 1, tzinfo=UTC)


def hours(*numbers: int) -> list[datetime]:
    return [START + timedelta(hours=number) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "longest", "expected"),
    [
        ((), None, []),
        ((5,), None, [(5, 5)]),
        ((0, 1, 2), None, [(0, 2)]),
        ((0, 1, 4, 5, 9), None, [(0, 1), (4, 5), (9, 9)]),
        ((22, 23, 24, 25), None, [(22, 25)]),
        ((0, 1, 2, 3, 4), 2, [(0, 1), (2, 3), (4, 4)]),
        ((0, 1, 2, 7, 8), 3, [(0, 2), (7, 8)]),
    ],
)
def test_unbroken_spans_are_found(
    numbers: tuple[int, ...], longest: int | None, expected: list[tuple[int, int]]
) -> None:
    assert list(spans(hours(*numbers), longest)) == [tuple(hours(*pair)) for pair in expected]
