"""Whatever the order in which hours are delivered, corrected and loaded, singly or as windows: the same tables."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import batch, song

_HOURS = 4
Step = tuple[str, int, int]


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Return steps that deliver and load; in the end every hour is loaded as it was delivered last.

    A step is ("hour", number, seed of its events), ("song", number, seed) or ("load", first hour, end).
    """
    hour = st.tuples(st.just("hour"), st.integers(0, _HOURS - 1), st.integers(0, 99))
    new_song = st.tuples(st.just("song"), st.integers(0, 3), st.integers(0, 99))
    spans = st.integers(0, _HOURS - 1).flatmap(
        lambda first: st.tuples(st.just("load"), st.just(first), st.integers(first + 1, min(_HOURS, first + 2)))
    )
    steps = draw(st.lists(st.one_of(hour, hour, new_song, spans), min_size=3, max_size=7))
    stale = set(range(_HOURS))
    for kind, first, end in steps:
        if kind == "load":
            stale -= set(range(first, end))
        elif kind == "hour":
            stale.add(first)
    forward = [("load", number, number + 1) for number in sorted(stale)]
    return steps + draw(st.sampled_from([forward, forward[::-1], [("load", 0, _HOURS)]])) or [("load", 0, 1)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
@settings(
    max_examples=settings().max_examples // 30,  # each takes ten seconds and more
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink would take hours
    derandomize=True,
    print_blob=True,
)
@given(steps=histories())
def test_any_order_ends_as_the_oracle_says(pipeline: Pipeline, steps: list[Step]) -> None:
    pipeline.reset()
    songs_loaded = True
    for kind, first, second in steps:
        if kind == "hour":
            pipeline.put_hour(first, batch(Random(second), hours=_HOURS))
        elif kind == "song":
            pipeline.put_song(song(Random(second), first))
        else:
            pipeline.run_window(START + first * HOUR, START + second * HOUR)
        songs_loaded = kind == "load" or (songs_loaded and kind == "hour")
    if not songs_loaded:
        pipeline.run_hour(0)
    pipeline.assert_is_expected()
    before: tuple[Any, Any] = pipeline.star(), pipeline.ledger()
    pipeline.run_window(START, START + _HOURS * HOUR)
    assert (pipeline.star(), pipeline.ledger()) == before
