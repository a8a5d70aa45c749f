"""Runs a few chaos schedules; ``make chaos`` runs two hundred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.rig.dag_runs import load_dag, order
from local_redshift.testing import Moment
from sparkify.loading.steps import Merge
from sparkify.star import STEPS
from tests.chaos.airflow_schedule import day_of
from tests.chaos.boundaries import Boundary, shape_of
from tests.chaos.history import START
from tests.chaos.injector import Deed, PlannedFault
from tests.chaos.schedule import DEEDS, Schedule
from tests.chaos.tables import compare_tables
from tests.chaos.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("chaos")) as world:
        yield world


@pytest.fixture(scope="module")
def boundaries(world: World) -> tuple[Boundary, ...]:
    return world.survey()


def at(deed: Deed, task: str, verb: str, boundaries: tuple[Boundary, ...], **more: Any) -> PlannedFault:
    """Return a fault after the first statement of a task that begins with a verb."""
    return PlannedFault(deed, next(b for b in boundaries if b.task == task and b.shape.startswith(verb)), **more)


@pytest.mark.timeout(600)
def test_kills_between_statements_end_in_the_rows_of_a_clean_run(
    world: World, boundaries: tuple[Boundary, ...]
) -> None:
    """Each fault hits a statement after which a kill could do the most damage, with a different kind of fault."""
    faults = [
        [
            at(Deed.KILL_TASK, "stage_events", "COPY", boundaries),
            at(Deed.CUT, "publish", "COMMIT", boundaries),
            at(Deed.KILL_REDSHIFT, "publish", "INSERT public.songplays", boundaries, nth=2),
            at(Deed.KILL_TASK, "close_staging", "DROP SCHEMA", boundaries),
        ],
        [
            at(Deed.KILL_REDSHIFT, "publish", "INSERT etl.load_ledger", boundaries),
            at(Deed.KILL_TASK, "publish", "LOCK", boundaries),
            at(Deed.CUT, "load_songplays", "INSERT run_plays", boundaries),
            PlannedFault(Deed.KILL_TASK_SOON, nth=90, moment=Moment.BEFORE),
        ],
    ]
    schedule = replace(Schedule.draw(1, boundaries), faults=faults, parallel=3)
    assert world.play(schedule) == []
    assert {world.injector.done[str(deed)] for deed in DEEDS} >= {1, 2}
    assert world.counts["faults that never came"] == 0


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
def test_a_drawn_schedule_ends_in_the_rows_of_a_clean_run(world: World, boundaries: tuple[Boundary, ...]) -> None:
    """Runs one of the schedules that ``make chaos`` draws, only in ``make test-all``."""
    assert world.play(Schedule.draw(37, boundaries)) == []


def test_a_survey_meets_every_table_that_a_publish_writes_and_every_task(boundaries: tuple[Boundary, ...]) -> None:
    tasks = {task_id.rpartition(".")[2] for task_id in order(load_dag()) if task_id != "confirm_opened"}
    assert {boundary.task for boundary in boundaries} == tasks  # confirm_opened sends no statement
    written = [
        f"{verb} {table}" for step in STEPS if isinstance(step, Merge) for verb, table in verbs(step.target.table)
    ]
    shapes = [boundary.shape for boundary in boundaries if boundary.task == "publish"]
    for shape in (*written, "LOCK etl.load_mutex", "BEGIN", "COMMIT", "INSERT run_loads", "INSERT etl.load_ledger"):
        assert any(found.startswith(shape) for found in shapes), shape


def verbs(table: str) -> list[tuple[str, str]]:
    """Return the verbs of the statements that a merge sends, each with its table."""
    return [("DELETE", table), ("INSERT", table)]


def test_every_boundary_gets_every_deed_within_two_hundred_schedules(boundaries: tuple[Boundary, ...]) -> None:
    drawn = {
        (fault.boundary, fault.deed)
        for seed in range(200)
        for phase in Schedule.draw(seed, boundaries).faults
        for fault in phase
    }
    assert {(boundary, deed) for boundary in boundaries for deed in DEEDS} <= drawn


@pytest.mark.parametrize(
    ("one", "other", "shape"),
    [
        ("COMMIT", "COMMIT", "COMMIT"),
        ('DROP SCHEMA "run_0123456789abcdef0123"', 'DROP SCHEMA "run_00000000000000000000"', "DROP SCHEMA"),
        ("INSERT INTO a SELECT 'from b' FROM c", "INSERT INTO a SELECT 'x' FROM c -- from d", "INSERT a c"),
        ("DELETE FROM a WHERE b = 1", "delete from a where b between 2 and 3", "DELETE a"),
        ("SELECT EXTRACT(DAY FROM a) FROM b", "-- why\nSELECT 1 FROM b", "SELECT b"),
    ],
)
def test_a_shape_is_the_verb_and_the_tables_whatever_the_values(one: str, other: str, shape: str) -> None:
    assert [shape_of(one), shape_of(other)] == [shape, shape]


def test_no_seed_asks_for_a_backfill_of_hours_that_are_not_over() -> None:
    days = [day_of(seed) for seed in (0, 1, 2945, 2946, 10_000, 10**9)]
    assert all(START <= day < datetime(2026, 1, 1, tzinfo=UTC) for day in days)
    assert len({day_of(seed) for seed in range(2000)}) == 2000


def test_the_comparison_tells_missing_extra_and_repeated_rows() -> None:
    expected = {"t": [(1,), (2,)]}
    assert compare_tables(expected, {"t": [(1,), (2,)]}) == []
    for found in ([(1,)], [(1,), (2,), (3,)], [(1,), (2,), (2,)]):
        assert len(compare_tables(expected, {"t": found})) == 1
    assert compare_tables(expected, {}) != []
