"""Draws are the same on every Python, and each method keeps within what it promises."""

from __future__ import annotations

import pytest

from local.sample.draws import Draws


def test_a_name_gives_the_same_stream_and_another_name_another_one() -> None:
    first, again, other = (Draws(name).identifier(12) for name in ("7/songs", "7/songs", "8/songs"))
    assert first == again != other


def test_the_stream_is_the_one_of_all_pythons() -> None:
    draws = Draws("7/songs")
    assert [draws.below(1000) for _ in range(4)] == [165, 188, 767, 902]
    assert draws.identifier(6) == "65O8E4"


@pytest.mark.parametrize(("probability", "expected"), [(0.0, {False}), (1.0, {True}), (0.5, {False, True})])
def test_a_chance_is_never_always_or_sometimes(probability: float, expected: set[bool]) -> None:
    draws = Draws("chance")
    assert {draws.chance(probability) for _ in range(100)} == expected


def test_numbers_keep_within_their_limits() -> None:
    draws = Draws("limits")
    assert {draws.below(3) for _ in range(200)} == {0, 1, 2}
    assert all(-1.5 <= draws.between(-1.5, 2.5) < 2.5 for _ in range(200))


def test_every_item_can_be_picked_and_early_ones_are_picked_more_often() -> None:
    draws = Draws("picks")
    items = list(range(4))
    evenly = [draws.pick(items) for _ in range(2000)]
    early = [draws.pick_early(items) for _ in range(2000)]
    assert set(evenly) == set(early) == set(items)
    assert max(map(evenly.count, items)) < 600
    # of 2000 draws of u * u, half are below a quarter
    assert 900 < early.count(0) < 1100
    assert early.count(0) > early.count(1) > early.count(3)
