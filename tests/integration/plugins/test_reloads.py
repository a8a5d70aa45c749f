"""What changed in S3 after it was loaded is found, what is in quarantine too, and exactly those hours load again."""

from __future__ import annotations

import logging
from datetime import datetime
from random import Random
from typing import Any

import obstore
import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run, load_dag
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import event, song


def ask(dag: str, task: str, **params: Any) -> list[dict[str, Any]]:
    """Run the task that decides what to load again, and return the params of the runs it asks for."""
    run = Run(load_dag(dag), None, None, params, run_id="asked")
    return [entry["conf"] for entry in run.run_task(task)]


def changes(**params: Any) -> list[dict[str, Any]]:
    return ask("sparkify_changes", "detect_changes", **{"reload": True, **params})


def spans(confs: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the windows as numbers of hours since the start."""
    return [
        tuple((datetime.fromisoformat(conf[name]) - START) // HOUR for name in ("window_start", "window_end"))  # type: ignore[misc]
        for conf in confs
    ]


def load(pipeline: Pipeline, confs: list[dict[str, Any]]) -> None:
    for conf in confs:
        Run(pipeline.dag, None, None, conf).finish()


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_exactly_the_hours_that_changed_are_loaded_again(pipeline: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    assert changes() == []
    rng = Random(2)
    for number in range(6):
        pipeline.put_hour(number, [event(rng, 6) for _ in range(6)])
    pipeline.run_window(START, START + 5 * HOUR)
    pipeline.run_hour(5)
    assert changes() == []
    for number in (1, 2, 4):
        pipeline.put_hour(number, [event(rng, 6) for _ in range(5)])
    caplog.set_level(logging.INFO)
    assert changes(reload=False) == []
    assert "2018-11-05T04  changed" in caplog.text
    found = changes()
    assert spans(found) == [(1, 3), (4, 5)]
    load(pipeline, found)
    pipeline.assert_is_expected()
    assert changes() == []


@pytest.mark.parametrize("conn_id", ["postgres"], indirect=True)
def test_new_removed_and_unloaded_files_are_told_apart(pipeline: Pipeline) -> None:
    rng = Random(3)
    for number in (0, 2):
        pipeline.put_hour(number, [event(rng, 3) for _ in range(6)])
    pipeline.run_window(START, START + 3 * HOUR)
    pipeline.put_hour(1, [event(rng, 3) for _ in range(4)])  # was loaded as empty
    pipeline.put_hour(3, [event(rng, 3) for _ in range(4)])  # was never loaded
    obstore.delete(pipeline.store, f"log_data/{START:%Y/%m/%d/%H}/events.json.gz")
    window = {"window_start": START.isoformat(), "window_end": (START + 4 * HOUR).isoformat()}
    assert spans(changes(**window)) == [(1, 2), (3, 4)]
    found = changes(**window, accept_removed=True)
    assert spans(found) == [(0, 2), (3, 4)]
    pipeline.hours[f"{START:%Y-%m-%dT%H}"] = []
    load(pipeline, found)
    pipeline.assert_is_expected()
    assert changes(**window) == []


@pytest.mark.parametrize("pipeline", ["daily"], indirect=True)
@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_a_changed_day_file_changes_the_hours_that_were_loaded_from_it(pipeline: Pipeline) -> None:
    key = f"log_data/{START:%Y/%m}/{START:%Y-%m-%d}-events.json"
    obstore.put(pipeline.store, key, b'{"page": "Home", "ts": 1541376000000}')
    pipeline.run_window(START + 2 * HOUR, START + 5 * HOUR)
    obstore.put(pipeline.store, key, b'{"page": "About", "ts": 1541376000000}')
    window = {"window_start": (START + 2 * HOUR).isoformat(), "window_end": (START + 5 * HOUR).isoformat()}
    assert spans(changes(**window)) == [(2, 5)]


@pytest.mark.parametrize("pipeline", ["daily"], indirect=True)
@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_lines_of_a_days_file_are_replayed_with_the_hours_that_are_loaded(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__MAX_REJECTED_ROWS", "1")
    pipeline.dag = load_dag()
    key = f"log_data/{START:%Y/%m}/{START:%Y-%m-%d}-events.json"
    obstore.put(pipeline.store, key, b"cut off {")
    pipeline.run_window(START + 2 * HOUR, START + 5 * HOUR)
    assert spans(ask("sparkify_replay", "find_rejects")) == [(2, 5)]
    window = {"window_start": (START + 4 * HOUR).isoformat(), "window_end": (START + 5 * HOUR).isoformat()}
    assert spans(ask("sparkify_replay", "find_rejects", **window)) == [(2, 5)]
    other_day = {name: (START + (24 + number) * HOUR).isoformat() for number, name in enumerate(window)}
    assert ask("sparkify_replay", "find_rejects", **other_day) == []


@pytest.mark.parametrize(("dag", "task"), [("sparkify_changes", "detect_changes"), ("sparkify_replay", "find_rejects")])
@pytest.mark.parametrize("conn_id", ["postgres"], indirect=True)
def test_windows_that_make_no_sense_are_refused_with_the_reason(conn_id: str, dag: str, task: str) -> None:
    with pytest.raises(AirflowFailException, match="open-ended: give window_start"):
        ask(dag, task, window_end=START.isoformat())
    with pytest.raises(AirflowFailException, match="hours, more than the"):
        ask(dag, task, window_start="0001-01-01T00:00:00Z", window_end=START.isoformat())


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_an_event_of_two_partitions_of_which_one_is_corrected_ends_the_same(
    pipeline: Pipeline, order: tuple[int, int]
) -> None:
    twice = event(Random(1), 1) | {"page": "NextSong", "ts": int(START.timestamp() * 1000)}
    pipeline.put_hour(0, [twice])
    pipeline.put_hour(1, [twice | {"level": "other"}])
    for number in order:
        pipeline.run_hour(number)
    pipeline.put_hour(0, [])  # the correction takes it back: the other delivery shows now
    load(pipeline, changes())
    pipeline.assert_is_expected()
    assert [play[3] for play in pipeline.star()["songplays"]] == ["other"]


@pytest.mark.parametrize("conn_id", ["redshift", "postgres"], indirect=True)
def test_replay_loads_what_was_in_quarantine_once_the_cause_is_gone(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__MAX_REJECTED_ROWS", "5")
    pipeline.dag = load_dag()
    rng = Random(6)
    long = "x" * 300
    for number in range(4):
        pipeline.put_hour(number, [event(rng, 4) | {"ts": 1541376000000 + number * 3_600_000} for _ in range(4)])
    pipeline.put_hour(2, [event(rng, 4) | {"firstName": long, "userId": "9", "ts": 1541383200000, "page": "NextSong"}])
    pipeline.put_song(song(rng, 1) | {"artist_id": "AR" * 30})
    pipeline.run_window(START, START + 4 * HOUR)
    assert rejected(pipeline) == [("staging_events", "2018-11-05T02"), ("staging_songs", "")]
    assert ask("sparkify_replay", "find_rejects", reason_contains="no such reason") == []
    widen(pipeline, "first_name", "staging_template.staging_events", "staging_template.run_observations")
    widen(pipeline, "first_name", "etl.user_observations", "public.users")
    widen(pipeline, "artist_id", "staging_template.staging_songs", "staging_template.run_songs", "etl.song_deliveries")
    widen(pipeline, "artist_id", "public.songs", "public.artists", "public.songplays")
    found = ask("sparkify_replay", "find_rejects")
    assert spans(found) == [(2, 3)]
    load(pipeline, found)
    assert rejected(pipeline) == []
    pipeline.assert_is_expected()
    assert ask("sparkify_replay", "find_rejects") == []


def rejected(pipeline: Pipeline) -> list[Any]:
    with pipeline.session() as session:
        return session.rows("SELECT DISTINCT table_name, source_partition FROM etl.rejects ORDER BY 1, 2")


def widen(pipeline: Pipeline, column: str, *tables: str) -> None:
    with pipeline.session() as session:
        for table in tables:
            session.run(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE VARCHAR(1024)")
