"""A short selection of chaos schedules; ``make chaos`` plays two hundred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.chaos.boundaries import BOUNDARIES
from tests.chaos.injector import Deed, PlannedFault
from tests.chaos.schedule import DEEDS, Schedule
from tests.chaos.tables import compare_tables
from tests.chaos.world import World
from tests.faults.wire_proxy import Moment


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("chaos")) as world:
        yield world


#: Where a kill could tear most, each with another deed.
FAULTS = [
    [
        PlannedFault(Deed.KILL_TASK, "copied"),
        PlannedFault(Deed.CUT, "fact-committed"),
        PlannedFault(Deed.KILL_REDSHIFT, "fact-deleted", nth=2),
        PlannedFault(Deed.KILL_TASK, "torn-down"),
    ],
    [
        PlannedFault(Deed.KILL_REDSHIFT, "catalogue-commit"),
        PlannedFault(Deed.KILL_TASK, "ledger-deleted"),
        PlannedFault(Deed.CUT, "users-deleted"),
        PlannedFault(Deed.KILL_TASK_SOON, nth=90, moment=Moment.BEFORE),
    ],
]


@pytest.mark.timeout(600)
def test_kills_between_statements_end_in_the_rows_of_a_clean_run(world: World) -> None:
    schedule = replace(Schedule.draw(1), faults=FAULTS, parallel=3)
    assert world.play(schedule) == []
    assert {world.injector.done[str(deed)] for deed in DEEDS} >= {1, 2}


@pytest.mark.timeout(600)
def test_a_drawn_schedule_ends_in_the_rows_of_a_clean_run(world: World) -> None:
    assert world.play(Schedule.draw(37)) == []


def test_every_boundary_gets_every_deed_within_two_hundred_schedules() -> None:
    drawn = {(f.boundary, f.deed) for seed in range(200) for phase in Schedule.draw(seed).faults for f in phase}
    assert {(name, deed) for name in BOUNDARIES for deed in DEEDS} <= drawn


def test_the_comparison_tells_missing_extra_and_repeated_rows() -> None:
    expected = {"t": [(1,), (2,)]}
    assert compare_tables(expected, {"t": [(1,), (2,)]}) == []
    for found in ([(1,)], [(1,), (2,), (3,)], [(1,), (2,), (2,)]):
        assert len(compare_tables(expected, {"t": found})) == 1
    assert compare_tables(expected, {}) != []
