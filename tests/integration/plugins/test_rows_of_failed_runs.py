"""A run that dies, at whatever statement, leaves nothing that no file delivers once the corrected files are loaded.

Where a run can die is read from the statements of a run that does not. ``make chaos`` (ALL_CASES=1) takes every place
with every correction and every way of loading it; here each correction gets one place and one way, in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
import pytest

from bench.rig.dag_runs import Run, order
from tests.chaos.tables import compare_tables, read_tables
from tests.support.deliveries import EVERYTHING, NEW_HOUR, Event, deliver_new, deliver_old, remove_song, song
from tests.support.killed_tasks import dies, watched
from tests.support.pipeline import HOUR, START, Pipeline, assert_is_as_the_files_say
from tests.support.services import Services

pytestmark = [pytest.mark.parametrize("conn_id", ["postgres"], indirect=True), pytest.mark.timeout(900)]

TASKS = ("load.load_songs", "load.load_artists", "load.load_users", "load.load_time", "load.load_songplays", "publish")

#: What a correction changes: it gets a pipeline whose files are those of the run that died.
Correction = Callable[[Pipeline], None]


def put_changed(change: Callable[[Event], Event]) -> Correction:
    """Return the correction that changes the hour's plays."""
    return lambda pipeline: pipeline.put_hour(0, [change(event) for event in NEW_HOUR])


def put_without(is_gone: Callable[[Event], bool]) -> Correction:
    """Return the correction that leaves out some of the hour's plays."""
    return lambda pipeline: pipeline.put_hour(0, [event for event in NEW_HOUR if not is_gone(event)])


def everything(pipeline: Pipeline) -> None:
    """Correct all at once."""
    pipeline.put_hour(0, [event | {"location": "Oslo"} for event in NEW_HOUR if event["userId"] in "13"][1:])
    remove_song(pipeline, "two")
    pipeline.put_song(song(33), "three")
    pipeline.put_song(song(4, artist_id="AR9", artist_name="Artist 9"), "four")


OF_THE_HOUR: dict[str, Correction] = {
    "users are gone": put_without(lambda event: event["userId"] in "34"),
    "timestamps are gone": put_without(lambda event: event["itemInSession"] in (5, 86_400 * 3)),
    "a timestamp moved": put_changed(lambda event: event | {"ts": event["ts"] + 250}),
    "what the plays say changed": put_changed(lambda event: event | {"level": "paid", "location": "Rome", "length": 0}),
    "what is known of users changed": put_changed(lambda event: event | {"lastName": "Roe", "level": "free"}),
    "the hour is empty": lambda pipeline: pipeline.put_hour(0, []),
    "everything at once": everything,
}
OF_SONGS: dict[str, Correction] = {
    "a song is renumbered": lambda pipeline: pipeline.put_song(song(3, song_id="SO33"), "three"),
    "a song's line is gone": lambda pipeline: pipeline.put_song(song(99), "four"),
    "an artist moved": lambda pipeline: pipeline.put_song(song(2, artist_location="Rome"), "two"),
    "a song got another artist": lambda pipeline: pipeline.put_song(song(2, artist_id="AR1"), "two"),
    "a song file is gone": lambda pipeline: remove_song(pipeline, "four"),
    "one of two files of a song is gone": lambda pipeline: remove_song(pipeline, "five"),
    "nothing": lambda pipeline: None,
}
CORRECTIONS = OF_THE_HOUR | OF_SONGS


def by_the_same_run(pipeline: Pipeline, run: Run) -> None:
    """Clear the run that died: its set-ups run again."""
    run.params = {**run.params, "accept_removed": True}
    run.finish()


def by_the_same_run_retried(pipeline: Pipeline, run: Run) -> None:
    """Let the run that died go on with what it staged, then clear it."""
    tasks = order(pipeline.dag)
    for task_id in tasks[len(run.results) :]:
        run.run_task(task_id, try_number=2)
    by_the_same_run(pipeline, run)


def by_another_run(pipeline: Pipeline, run: Run) -> None:
    """Load the hour by a run of its own; what the dead one left is still there."""
    pipeline.run_hour(0, accept_removed=True)


def by_a_window(pipeline: Pipeline, run: Run) -> None:
    """Load several hours in one run."""
    Run(pipeline.dag, START, START + 3 * HOUR, {"accept_removed": True}, run_id="window").finish()
    pipeline.hours.setdefault(f"{START + 2 * HOUR:%Y-%m-%dT%H}", [])


LOADERS = (by_the_same_run, by_the_same_run_retried, by_another_run, by_a_window)


def places(statements: Mapping[str, Sequence[str]]) -> list[tuple[str, int]]:
    """Return where a run can die: behind each statement of each task, the last one included."""
    return [(task_id, last) for task_id in TASKS for last in range(len(statements[task_id]))]


def kill(pipeline: Pipeline, task_id: str, last: int) -> Run:
    """Run the hour up to a task that dies after so many statements."""
    run = Run(pipeline.dag, START, START + HOUR, run_id="that died")
    for earlier in order(pipeline.dag):
        if earlier == task_id:
            assert dies(run, task_id, last), f"{task_id} ended before statement {last + 1}"
            return run
        run.run_task(earlier)
    raise LookupError(task_id)


def survey(pipeline: Pipeline) -> dict[str, list[str]]:
    """Return the statements of the tasks of a run that does not die."""
    deliver_old(pipeline)
    deliver_new(pipeline)
    found: dict[str, list[str]] = {}
    run = Run(pipeline.dag, START, START + HOUR, run_id="survey")
    for task_id in order(pipeline.dag):
        with watched() as statements:
            run.run_task(task_id)
        found[task_id] = statements.shapes
    return found


def run_case(pipeline: Pipeline, place: tuple[str, int], corrections: Sequence[str], load: Callable[..., None]) -> None:
    """Let a run die, correct its files, load them, and compare."""
    pipeline.reset()
    deliver_old(pipeline)
    deliver_new(pipeline)
    run = kill(pipeline, *place)
    for name in corrections:
        CORRECTIONS[name](pipeline)
    load(pipeline, run)
    assert_is_as_the_files_say(pipeline)


def test_a_failed_run_leaves_no_rows_when_its_files_are_corrected(pipeline: Pipeline) -> None:
    found = places(survey(pipeline))
    for number, names in enumerate(zip(OF_THE_HOUR, OF_SONGS, strict=True)):
        # Behind the COMMIT more can be left than before it, where another test finds nothing to be left.
        place = found[number * len(found) // len(OF_SONGS)] if number % 3 == 2 else found[-1]
        run_case(pipeline, place, names, LOADERS[number % len(LOADERS)])


@pytest.mark.skipif(not EVERYTHING, reason="hours; make chaos runs it")
@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("correction", CORRECTIONS)
@pytest.mark.timeout(14_400)
def test_wherever_it_dies_and_however_its_files_are_loaded(
    pipeline: Pipeline, correction: str, load: Callable[..., None]
) -> None:
    for place in places(survey(pipeline)):
        run_case(pipeline, place, [correction], load)


def shared_tables(services: Services) -> dict[str, Any]:
    """Return the rows of all shared tables, with where they lie: a row that is written again lies elsewhere."""
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as connection:
        rows = read_tables(connection)
        for name in [name for name in rows if "." in name] + ["etl.load_history", "etl.folder_listings"]:
            rows[f"{name}, places"] = sorted(connection.execute(f"SELECT ctid, xmin FROM {name}").fetchall())
    return {name: found for name, found in rows.items() if name != "run schemas"}


def test_a_publish_dies_at_any_statement_and_has_changed_all_tables_or_none(
    pipeline: Pipeline, services: Services
) -> None:
    deliver_old(pipeline)
    deliver_new(pipeline)
    run = Run(pipeline.dag, START, START + HOUR, run_id="that died")
    for task_id in order(pipeline.dag)[: order(pipeline.dag).index("publish")]:
        run.run_task(task_id)
    before, last = shared_tables(services), 0
    while dies(run, "publish", last):
        assert compare_tables(before, shared_tables(services)) == [], f"it died after {last} statements"
        last += 1
    after = shared_tables(services)  # COMMIT is its last statement: a try whose answer is lost leaves this
    assert compare_tables(before, after)
    with watched() as statements:
        result = run.run_task("publish", try_number=last)
    assert last >= 50, "the statements of a publish are more than these"
    assert "COMMIT" in statements.shapes
    assert [shape for shape in statements.shapes if shape.startswith(("INSERT", "UPDATE", "DELETE"))] == []
    assert result["tables"]["songplays"]["inserted"] > 0
    assert compare_tables(after, shared_tables(services)) == []
    run.run_task("check_quality")
    assert_is_as_the_files_say(pipeline)


def test_every_other_task_dies_at_any_statement_and_is_tried_again(pipeline: Pipeline) -> None:
    deliver_old(pipeline)
    deliver_new(pipeline)
    run = Run(pipeline.dag, START, START + HOUR, run_id="that died")
    died: dict[str, int] = {}
    for task_id in order(pipeline.dag):
        last = 0
        while task_id != "publish" and dies(run, task_id, last, try_number=last + 1):
            last += 1
        died[task_id] = last
        run.run_task(task_id, try_number=last + 1)
    assert all(died[task_id] >= 3 for task_id in TASKS[:-1])
    assert_is_as_the_files_say(pipeline)
