"""Of two runs that staged different versions of a file, the one that saw it later stands, whichever publishes first."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from random import Random
from typing import Any

import obstore
import pytest

from bench.rig.dag_runs import Run, load_dag, order
from sparkify.hooks.refusal import RunRefusedError
from tests.support.deliveries import EVERYTHING, play, remove_song, song
from tests.support.pipeline import HOUR, START, Pipeline, assert_is_as_the_files_say
from tests.support.random_source import batch
from tests.support.random_source import song as any_song

pytestmark = [pytest.mark.parametrize("conn_id", ["postgres"], indirect=True), pytest.mark.timeout(300)]

Change = Callable[[Pipeline], None]


def hour(number: int, **changes: Any) -> list[dict[str, Any]]:
    """Return the plays of an hour, all of them by users of its own, and one by a user of all hours."""
    start = number * 3600
    return [play(str(number * 10 + user), start + user, user, **changes) for user in (1, 2)] + [
        play("7", start + 9, 3, **changes)
    ]


def new_run(pipeline: Pipeline, run_id: str, first: int, end: int, **params: Any) -> Run:
    """Return a run of some hours that accepts that files are gone."""
    accepted = {"accept_removed": True, **params}
    return Run(pipeline.dag, START + first * HOUR, START + end * HOUR, accepted, run_id=run_id)


def stage(run: Run) -> Run:
    """Run the tasks before publish."""
    tasks = order(run.dag)
    for task_id in tasks[: tasks.index("publish")]:
        run.run_task(task_id)
    return run


def publish(run: Run) -> dict[str, Any]:
    """Run publish and all tasks behind it, and return publish's result."""
    tasks = order(run.dag)
    for task_id in tasks[tasks.index("publish") :]:
        run.run_task(task_id)
    return dict(run.results["publish"])


def loaded_by(pipeline: Pipeline) -> dict[str, str]:
    with pipeline.session() as session:
        rows = session.rows("SELECT source_partition, run_id FROM etl.load_ledger WHERE target_table = 'songplays'")
    return {partition: run_id for partition, run_id in rows}


@pytest.fixture
def delivered(pipeline: Pipeline) -> Pipeline:
    for number in range(3):
        pipeline.put_hour(number, hour(number))
    for number in (1, 2, 3):
        pipeline.put_song(song(number), str(number))
    return pipeline


def test_an_hour_that_changed_since_is_left_and_the_others_are_published(delivered: Pipeline) -> None:
    old = stage(new_run(delivered, "old", 0, 3))
    delivered.put_hour(1, hour(1, level="paid", lastName="Roe")[1:])
    publish(stage(new_run(delivered, "new", 1, 2)))
    assert publish(old)["superseded"] == 1
    assert loaded_by(delivered) == {"2018-11-05T00": "old", "2018-11-05T01": "new", "2018-11-05T02": "old"}
    assert old.results["check_quality"]["failed"] == 0
    assert_is_as_the_files_say(delivered)


def gone_hour(pipeline: Pipeline) -> None:
    pipeline.hours["2018-11-05T01"] = []
    obstore.delete(pipeline.store, "log_data/2018/11/05/01/events.json.gz")


CHANGES: dict[str, tuple[Change, Change]] = {
    "an hour is corrected": (lambda p: None, lambda p: p.put_hour(1, hour(1, lastName="Roe")[1:])),
    "an hour's file is gone": (lambda p: None, gone_hour),
    "an hour's file comes": (gone_hour, lambda p: p.put_hour(1, hour(1))),
    "a song is corrected": (lambda p: p.put_song(song(2, year=1990), "2"), lambda p: p.put_song(song(2, year=7), "2")),
    "a song is renumbered": (
        lambda p: p.put_song(song(2, title="Other"), "2"),
        lambda p: p.put_song(song(2, song_id="SO22"), "2"),
    ),
    "a song file is gone": (lambda p: p.put_song(song(2, year=1990), "2"), lambda p: remove_song(p, "2")),
    "a song file comes back": (lambda p: remove_song(p, "2"), lambda p: p.put_song(song(2, year=1990), "2")),
}


@pytest.mark.parametrize("first", ["old", "new"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_version_that_was_seen_later_stands(delivered: Pipeline, change: str, first: str) -> None:
    publish(stage(new_run(delivered, "before", 0, 3)))
    before, after = CHANGES[change]
    before(delivered)
    old = stage(new_run(delivered, "old", 1, 2))
    after(delivered)
    new = stage(new_run(delivered, "new", 1, 2))
    results = [publish(run) for run in ((old, new) if first == "old" else (new, old))]
    assert [result["superseded"] for result in results] == [0, int(first == "new" and "hour" in change)]
    assert_is_as_the_files_say(delivered)
    with delivered.session() as session:  # and the next run has nothing to do
        before_rows = session.rows("SELECT * FROM etl.source_objects ORDER BY target_table, partition_ts, object_uri")
        publish(stage(new_run(delivered, "again", 1, 2)))
        assert before_rows == session.rows(
            "SELECT * FROM etl.source_objects ORDER BY target_table, partition_ts, object_uri"
        )


@pytest.mark.parametrize("first", ["old", "new"])
def test_a_song_file_that_came_back_as_it_was_is_loaded_by_the_next_run(delivered: Pipeline, first: str) -> None:
    publish(stage(new_run(delivered, "before", 0, 3)))
    remove_song(delivered, "2")
    old = stage(new_run(delivered, "old", 1, 2))
    delivered.put_song(song(2), "2")
    new = stage(new_run(delivered, "new", 1, 2))  # which finds nothing new
    for run in (old, new) if first == "old" else (new, old):
        publish(run)
    publish(stage(new_run(delivered, "next", 1, 2)))
    assert_is_as_the_files_say(delivered)


@pytest.mark.parametrize("kind", ["hour", "song"])
def test_versions_that_were_seen_at_the_very_same_moment_are_refused(delivered: Pipeline, kind: str) -> None:
    old = stage(new_run(delivered, "old", 0, 3))
    if kind == "hour":
        delivered.put_hour(0, hour(0, level="paid"))
    else:
        delivered.put_song(song(2, year=1990), "2")
    new = stage(new_run(delivered, "new", 0, 3))
    for run in (old, new):
        path = run.executed["open_staging"].search_path
        with delivered.hook.session(search_path=path) as session:
            for table in ("staged_partitions", "run_loads"):
                session.run(f"UPDATE {table} SET as_of = '2026-01-01 00:00:00.000001'")
    publish(old)
    before = delivered.star()
    with pytest.raises(RunRefusedError, match="at the very same moment.*clear the run's tasks, and it stages again"):
        new.run_task("publish")
    assert delivered.star() == before
    publish(stage(new))  # cleared: its set-ups run again
    assert_is_as_the_files_say(delivered)


def test_a_run_that_publishes_between_publish_and_its_checks_is_no_failure(delivered: Pipeline) -> None:
    old = stage(new_run(delivered, "old", 0, 3))
    old.run_task("publish")
    delivered.put_hour(1, hour(1, level="paid")[2:])
    delivered.put_song(song(2, song_id="SO22", artist_id="AR22"), "2")
    publish(stage(new_run(delivered, "new", 1, 2)))
    assert old.run_task("check_quality")["failed"] == 0
    delivered.put_hour(0, [])
    remove_song(delivered, "1")
    publish(stage(new_run(delivered, "newer", 0, 1)))
    assert old.run_task("check_quality")["failed"] == 0
    assert_is_as_the_files_say(delivered)


def put_day(pipeline: Pipeline, hours: dict[int, list[dict[str, Any]]], broken: str) -> None:
    """Deliver a daily file with a line that is rejected."""
    lines = [json.dumps(event) for events in hours.values() for event in events]
    body = "\n".join([*lines, broken]).encode()
    obstore.put(pipeline.store, "log_data/2018/11/2018-11-05-events.json.gz", gzip.compress(body))


def rejected(pipeline: Pipeline) -> list[str]:
    with pipeline.session() as session:
        rows = session.rows("SELECT raw_line FROM etl.rejects WHERE table_name = 'staging_events'")
    return [line for (line,) in rows]


@pytest.mark.parametrize("pipeline", ["daily"], indirect=True)
@pytest.mark.parametrize("first", ["old", "new"])
@pytest.mark.parametrize("hours", [(0, 1), (0, 0)], ids=["another hour", "the same hour"])
def test_the_rejects_of_a_days_file_are_those_of_the_version_seen_last(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, first: str, hours: tuple[int, int]
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__MAX_REJECTED_ROWS", "10")
    pipeline.dag = load_dag()
    put_day(pipeline, {0: hour(0), 1: hour(1)}, "{one")
    old = stage(new_run(pipeline, "old", hours[0], hours[0] + 1))
    put_day(pipeline, {0: hour(0, level="paid"), 1: hour(1, level="paid")}, "{other")
    new = stage(new_run(pipeline, "new", hours[1], hours[1] + 1))
    for run in (old, new) if first == "old" else (new, old):
        publish(run)
    assert rejected(pipeline) == ["{other"]
    levels = {play[3] for play in pipeline.star()["songplays"] if play[1].hour == hours[1]}
    assert levels == {"paid"}


def live(pipeline: Pipeline, rng: Random, seed: int) -> list[Run]:
    """Change files, stage them and publish them in any order; return the runs that are still to publish."""
    staged: list[Run] = []
    for step in range(9):
        kind = rng.choice(["hour", "hour", "song", "song", "gone", "stage", "stage", "publish", "publish"])
        if kind == "hour":
            pipeline.put_hour(rng.randrange(3), batch(rng, 3))
        elif kind == "song":
            pipeline.put_song(any_song(rng, rng.randrange(3)), str(rng.randrange(4)))
        elif kind == "gone" and pipeline.catalogue:
            remove_song(pipeline, rng.choice(sorted(pipeline.catalogue)))
        elif kind == "stage" and len(staged) < 3:
            first = rng.randrange(3)
            staged.append(stage(new_run(pipeline, f"{seed}-{step}", first, rng.randint(first + 1, 3))))
        elif kind == "publish" and staged:
            publish(staged.pop(rng.randrange(len(staged))))
    rng.shuffle(staged)
    return staged


@pytest.mark.timeout(7200)
def test_runs_that_overlap_in_any_way_pass_their_checks_and_leave_no_orphans(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__ON_DRIFT", "warn")  # a quarter of the random plays name no user
    pipeline.dag = load_dag()
    for seed in range(500 if EVERYTHING else 3):
        rng = Random(seed)
        pipeline.reset()
        for number in range(3):
            pipeline.put_hour(number, batch(rng, 3))
        for run in live(pipeline, rng, seed):
            publish(run)
        for turn in ("last", "once more"):
            publish(stage(new_run(pipeline, f"{seed}-{turn}", 0, 3)))
            assert_is_as_the_files_say(pipeline)
