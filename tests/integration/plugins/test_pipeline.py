"""The hourly DAG's tasks on the local Redshift and S3: whatever the order, the tables are the oracle's."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from bench.rig.dag_runs import Run, load_dag
from sparkify.operators import data_quality
from sparkify.staging import new_files
from tests.support import oracle
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import batch, event, song

pytestmark = pytest.mark.integration


def test_hours_in_any_order_with_corrections_and_late_songs_end_as_the_oracle_says(pipeline: Pipeline) -> None:
    rng = Random(pipeline.hook.conn_id)  # another order for each type of connection
    steps = [("hour", n) for n in range(3) for _ in range(rng.randint(1, 2))]
    steps += [("song", n) for n in range(4) for _ in range(rng.randint(1, 2))]
    rng.shuffle(steps)
    delivered: set[int] = set()
    for kind, number in steps:
        if kind == "song":
            pipeline.put_song(song(rng, number))
            continue
        pipeline.put_hour(number, batch(rng, hours=3))
        pipeline.run_hour(number)
        delivered.add(number)
    pipeline.run_hour(min(delivered))
    pipeline.assert_is_expected()
    ledger, star = pipeline.ledger(), pipeline.star()
    for number in sorted(delivered, reverse=True):
        pipeline.run_hour(number)
    assert (pipeline.ledger(), pipeline.star()) == (ledger, star)


def test_one_window_and_single_hours_end_in_the_same_tables(pipeline: Pipeline) -> None:
    rng = Random(5)
    for number in range(3):
        pipeline.put_hour(number, batch(rng, hours=3))
        pipeline.put_song(song(rng, number))
    for number in (2, 0, 1):
        pipeline.run_hour(number)
    by_hour = pipeline.ledger(), pipeline.star()
    pipeline.run_window(START, START + 3 * HOUR)
    assert (pipeline.ledger(), pipeline.star()) == by_hour
    pipeline.assert_is_expected()


def test_a_song_that_goes_back_to_an_earlier_version_is_loaded_again(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_files, "_WORTH_KEEPING", 1)
    rng = Random(11)
    first, other = song(rng, 1), song(rng, 2)
    pipeline.put_hour(0, batch(rng, 1))
    pipeline.put_song(other)
    for number, version in enumerate(({**first, "year": 1990}, None, {**first, "year": 2000}, {**first, "year": 1990})):
        if version:  # the hour without one keeps the listing
            pipeline.put_song(version)
        pipeline.run_hour(number)
    pipeline.assert_is_expected()


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_another_run_that_publishes_during_the_checks_raises_no_false_alarm(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(3)
    play = event(rng, 1) | {"page": "NextSong", "song": "S", "artist": "A", "ts": int(START.timestamp() * 1000)}
    pipeline.put_hour(0, [play])
    run = Run(pipeline.dag, START, START + HOUR, run_id=f"checked {pipeline.bucket}")
    read_bounds = data_quality.read_bounds

    def read_and_publish(*arguments: Any) -> Any:
        found = read_bounds(*arguments)
        if "play_songs" not in found:
            return found
        monkeypatch.setattr(data_quality, "read_bounds", read_bounds)
        pipeline.put_song(song(rng, 1) | {"title": "S", "artist_name": "A"})
        pipeline.run_hour(1)  # its song completes the play of the run whose bounds have just been read
        return found

    for task_id in run.steps():
        if task_id == "check_quality":
            monkeypatch.setattr(data_quality, "read_bounds", read_and_publish)
    assert run.results["check_quality"]["failed"] == 0
    pipeline.assert_is_expected()


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_a_user_whose_last_session_is_no_longer_missing_is_shown_as_another_hour_says(pipeline: Pipeline) -> None:
    highest = 2_147_483_647  # an event without a session is later than any other of its moment
    seen = event(Random(4), 1) | {"page": "Home", "userId": "1", "ts": int(START.timestamp() * 1000), "sessionId": None}
    pipeline.put_hour(0, [seen | {"firstName": "Ann"}])
    pipeline.put_hour(1, [seen | {"firstName": "Zoë"}])
    pipeline.run_window(START, START + 2 * HOUR)
    pipeline.put_hour(0, [seen | {"firstName": "Ann", "sessionId": highest}])
    pipeline.run_hour(0)
    pipeline.assert_is_expected()


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_a_version_between_two_sights_of_another_one_does_not_come_back(pipeline: Pipeline) -> None:
    play = event(Random(1), 1) | {"page": "NextSong", "ts": int(START.timestamp() * 1000)}

    def stage(level: str) -> Run:
        pipeline.put_hour(0, [play | {"level": level}], mtime=0)
        run = Run(pipeline.dag, START, START + HOUR, run_id=f"{level} {len(runs)} {pipeline.bucket}")
        for task_id in run.steps():
            if task_id == "publish":
                return run
        raise AssertionError("There is no publish.")

    runs: list[Run] = []
    for level in ("free", "paid", "free"):
        runs.append(stage(level))
    for number in (2, 0, 1):
        runs[number].run_task("publish")
    assert [run.results["publish"]["superseded"] for run in runs] == [0, 1, 0]
    pipeline.assert_is_expected()


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_a_song_whose_other_file_names_no_artist_raises_no_alarm(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__ON_DRIFT", "warn")
    pipeline.dag = load_dag()
    named = song(Random(1), 1)
    without = next(
        other
        for year in range(100)
        if oracle.song_hash(other := named | {"artist_id": None, "year": year}) < oracle.song_hash(named)
    )
    pipeline.put_song(without, "without")
    pipeline.run_hour(0)
    pipeline.put_song(named, "named")
    assert pipeline.run_hour(1)["check_quality"]["failed"] == 0
    pipeline.assert_is_expected()


def test_an_hour_without_files_has_a_ledger_row_of_zeros(pipeline: Pipeline) -> None:
    pipeline.run_hour(0)
    assert pipeline.ledger() == [("songplays", "2018-11-05T00", *[0] * 9)]
