"""Clearing any task in any state of a run, which runs it once more by itself, never empties an hour."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest
from airflow.sdk.exceptions import AirflowFailException

from tests.integration.plugins.test_pipeline import HOUR, START, Pipeline, batch, conn_id, pipeline, song
from tests.pipeline import Run, order

__all__ = ["conn_id", "pipeline"]

pytestmark = pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)


@pytest.fixture
def loaded(pipeline: Pipeline) -> Pipeline:
    rng = Random(8)
    pipeline.put_hour(0, [*batch(rng, 1), *batch(rng, 1), *batch(rng, 1)])
    for number in range(3):
        pipeline.put_song(song(rng, number))
    pipeline.run_hour(0)
    pipeline.assert_is_expected()
    assert pipeline.star()["songplays"]
    return pipeline


def test_after_the_run_every_task_alone_fails_at_once_or_changes_nothing(loaded: Pipeline) -> None:
    before = loaded.star(), loaded.ledger()
    run = Run(loaded.dag, START, START + HOUR)
    for task_id in order(loaded.dag):
        with suppress(AirflowFailException):
            run.run_task(task_id)
        assert (loaded.star(), loaded.ledger()) == before, task_id
        if task_id == "open_staging":  # the others are to find no staging
            run.run_task("close_staging")


@pytest.mark.parametrize("done", [3, 6, 9, 12])
def test_during_the_run_every_task_before_may_run_again(loaded: Pipeline, done: int) -> None:
    before = loaded.star(), loaded.ledger()
    run = Run(loaded.dag, START, START + HOUR, run_id=f"again {done}")
    tasks = order(loaded.dag)
    for task_id in tasks[:done]:
        run.run_task(task_id)
    for task_id in tasks[:done]:
        with suppress(AirflowFailException):
            run.run_task(task_id)
        assert (loaded.star(), loaded.ledger()) == before, task_id
    for task_id in tasks[:done] + tasks[done:]:
        run.run_task(task_id)
    assert (loaded.star(), loaded.ledger()) == before


def test_a_first_load_whose_tasks_each_run_twice_ends_as_the_oracle_says(pipeline: Pipeline) -> None:
    rng = Random(9)
    pipeline.put_hour(0, batch(rng, 1) + batch(rng, 1))
    pipeline.put_song(song(rng, 0))
    run = Run(pipeline.dag, START, START + HOUR)
    for task_id in run.steps():
        if task_id != "open_staging":
            run.run_task(task_id)
    pipeline.assert_is_expected()


def test_a_task_cleared_alone_after_the_run_says_from_where_to_clear(loaded: Pipeline) -> None:
    run = Run(loaded.dag, START, START + HOUR, run_id="ended")
    with pytest.raises(
        AirflowFailException, match=r"there is no schema run_\w+.*clear the run's first task and downstream"
    ):
        run.run_task("stage.stage_events")
