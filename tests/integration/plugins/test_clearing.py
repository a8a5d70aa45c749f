"""Clearing any task in any state of a run, which runs it once more by itself, never empties an hour."""

from __future__ import annotations

import json
from contextlib import suppress
from random import Random
from typing import Any

import psycopg
import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run, order
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import batch, event, song
from tests.support.services import Services

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


@pytest.mark.parametrize("done", [4, 9, 11, 13])
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


#: What a load writes but for its ledger row and history, which say who loaded and when.
_WRITTEN = (
    *("public.songplays", "public.users", "public.songs", "public.artists", "public.time"),
    *("etl.play_deliveries", "etl.user_observations", "etl.latest_observations", "etl.song_deliveries"),
    *("etl.source_objects", "etl.rejects"),
)


def versions(services: Services, *more: str) -> dict[str, Any]:
    """Return where each row is stored and which transaction wrote it.

    As only the local engine tells: https://www.postgresql.org/docs/current/ddl-system-columns.html
    """
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as connection:
        return {
            table: sorted(connection.execute(f"SELECT ctid::text, xmin::text FROM {table}").fetchall())
            for table in (*_WRITTEN, *more)
        }


def test_the_same_files_again_rewrite_no_row_of_star_and_bookkeeping(loaded: Pipeline, services: Services) -> None:
    before = versions(services)
    result = Run(loaded.dag, START, START + HOUR, run_id="again").finish()["publish"]
    assert versions(services) == before
    assert {count for counts in result["tables"].values() for count in counts.values()} == {0}


def test_a_publish_whose_answer_was_lost_finds_its_result_and_writes_nothing(
    pipeline: Pipeline, services: Services
) -> None:
    rng = Random(3)
    pipeline.put_hour(0, [*batch(rng, 1), *batch(rng, 1)])
    pipeline.put_song(song(rng, 0))
    run = Run(pipeline.dag, START, START + HOUR, run_id="retried")
    for task_id in run.steps():
        if task_id == "check_quality":
            break
    first = run.results["publish"]
    assert first["tables"]["songplays"]["inserted"] > 0
    before = versions(services, "etl.load_ledger", "etl.load_history")
    again = run.run_task("publish", try_number=2)
    assert versions(services, "etl.load_ledger", "etl.load_history") == before
    of_the_try = {"seconds"}
    assert {k: v for k, v in again.items() if k not in of_the_try} == {
        k: v for k, v in first.items() if k not in of_the_try
    }
    json.dumps(again)  # as Airflow keeps it


def test_an_hour_that_another_run_loaded_from_files_seen_later_is_left_and_counted(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    rng = Random(5)
    for number in range(3):
        pipeline.put_hour(number, users_events(rng, 6))
    window = Run(pipeline.dag, START, START + 3 * HOUR, run_id="window")
    for task_id in window.steps():
        if task_id == "publish":
            break
    pipeline.put_hour(1, users_events(rng, 9))
    Run(pipeline.dag, START + HOUR, START + 2 * HOUR, run_id="later").finish()
    for task_id in ("publish", "check_quality", "close_staging"):
        window.run_task(task_id)
    assert {name: window.results["publish"][name] for name in ("hours", "superseded")} == {"hours": 3, "superseded": 1}
    assert "2018-11-05T01 is left as later loaded it" in caplog.text
    assert "Superseded: 1 of 3 hours stay as another run loaded them" in caplog.text
    pipeline.assert_is_expected()
    with pipeline.session() as session:
        loaded_by = dict(
            session.rows("SELECT source_partition, run_id FROM etl.load_ledger WHERE source_partition <> ''")
        )
    assert loaded_by == {"2018-11-05T00": "window", "2018-11-05T01": "later", "2018-11-05T02": "window"}


def users_events(rng: Random, count: int) -> list[dict[str, Any]]:
    """Return events that all name a user: of many that do not, an audit would say that the source has drifted."""
    return [event(rng, 3) | {"userId": rng.choice("123")} for _ in range(count)]
