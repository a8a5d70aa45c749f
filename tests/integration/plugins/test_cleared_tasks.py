"""Tasks that run again: cleared in any state of the run, tried again after a commit, or when a run id comes back."""

from __future__ import annotations

from random import Random

import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run, order
from tests.support.deliveries import deliver_new, deliver_old, play
from tests.support.pipeline import HOUR, START, Pipeline, assert_is_as_the_files_say

pytestmark = [pytest.mark.parametrize("conn_id", ["postgres"], indirect=True), pytest.mark.timeout(300)]

#: Tasks of which each stands for those that Airflow clears alike.
CLEARED = ("open_staging", "stage.stage_events", "load.load_users", "audit_run", "publish", "check_quality")


def clear(run: Run, task_id: str, *, downstream: bool) -> bool:
    """Run what Airflow runs when a task is cleared, set-ups first; return whether all of it succeeded.

    https://airflow.apache.org/docs/apache-airflow/stable/howto/setup-and-teardown.html
    """
    cleared = run.dag.partial_subset([task_id], include_downstream=downstream, include_upstream=False).task_dict
    try:
        for other in order(run.dag):
            if other in cleared:
                run.run_task(other, try_number=2)
    except AirflowFailException:
        return False
    return True


def start(pipeline: Pipeline, until: str) -> Run:
    """Deliver old and new files, load the old ones, and run the tasks of another run before one of them."""
    deliver_old(pipeline)
    deliver_new(pipeline)
    run = Run(pipeline.dag, START, START + HOUR, run_id=f"cleared before {until}")
    for task_id in order(pipeline.dag):
        if task_id == until:
            break
        run.run_task(task_id)
    return run


@pytest.mark.parametrize("until", ["stage.build_staging_time", "publish", "nothing"])
def test_any_task_may_be_cleared_in_any_state(pipeline: Pipeline, until: str) -> None:
    run = start(pipeline, until)
    old = pipeline.star()
    rng = Random(until)
    for task_id in rng.sample(CLEARED, len(CLEARED)):
        downstream = rng.random() < 0.3
        succeeded = clear(run, task_id, downstream=downstream)
        star = pipeline.star()
        if succeeded and (downstream or task_id == "publish"):
            assert_is_as_the_files_say(pipeline)
            old = star  # from here on nothing changes
        assert star == old, f"{task_id} cleared"
    assert clear(run, "open_staging", downstream=True)
    assert_is_as_the_files_say(pipeline)


@pytest.mark.parametrize("task_id", ["load.load_users", "publish"])
def test_a_task_that_is_cleared_with_what_follows_loads_the_hour(pipeline: Pipeline, task_id: str) -> None:
    run = start(pipeline, "publish")
    assert clear(run, task_id, downstream=True)
    assert_is_as_the_files_say(pipeline)


@pytest.mark.parametrize(
    ("staged", "built"), [("stage.stage_events", "load.load_songplays"), ("stage.stage_songs", "load.load_songs")]
)
def test_what_was_built_of_an_earlier_staging_is_not_published(pipeline: Pipeline, staged: str, built: str) -> None:
    run = start(pipeline, "publish")
    before = pipeline.star()
    run.run_task(staged)
    message = f"Nothing was published: .*was built of what was staged before; clear {built} and the tasks downstream"
    with pytest.raises(AirflowFailException, match=message):
        run.run_task("publish")
    assert pipeline.star() == before
    assert clear(run, "publish", downstream=True)
    assert_is_as_the_files_say(pipeline)


SPOILT = {
    "DELETE FROM run_loads WHERE table_name = 'run_times'": "run_times was not built; clear load.load_time and",
    "DELETE FROM run_plays WHERE user_id = 3": "run_plays holds 4 rows where 6 were built; clear load.load_songplays",
    "DELETE FROM run_artists": "run_artists holds 0 rows where 5 were built; clear load.load_artists and",
    "DELETE FROM staging_time": "staged events have a timestamp that staging_time lacks; clear stage.build_",
}


def test_what_is_not_as_it_was_built_is_not_published(pipeline: Pipeline) -> None:
    run = start(pipeline, "publish")
    before = pipeline.star()
    with pipeline.hook.session(search_path=run.executed["open_staging"].search_path) as session:
        for statement in SPOILT:
            session.run(statement)
    with pytest.raises(AirflowFailException, match="Nothing was published: ") as refused:
        run.run_task("publish")
    assert all(message in str(refused.value) for message in SPOILT.values())
    assert pipeline.star() == before


@pytest.mark.parametrize("until", ["publish", "close_staging"])
def test_a_run_id_that_comes_back_with_another_window_starts_with_empty_staging(pipeline: Pipeline, until: str) -> None:
    run = start(pipeline, until)
    pipeline.put_hour(1, [play("8", 3700, 1)])
    again = Run(pipeline.dag, START + HOUR, START + 3 * HOUR, run_id=run.run_id)
    again.finish()
    pipeline.hours["2018-11-05T02"] = []
    assert sum(again.results["publish"]["tables"]["songplays"].values()) > 0
    if until == "publish":  # the first run of this id has not published its hour
        pipeline.run_hour(0)
    assert_is_as_the_files_say(pipeline)


def test_checks_cleared_after_a_file_changed_look_at_what_was_published(pipeline: Pipeline) -> None:
    run = start(pipeline, "nothing")
    before = pipeline.star()
    pipeline.put_hour(0, [play("9", 1800, 7)])
    assert clear(run, "check_quality", downstream=False)
    assert pipeline.star() == before
    assert clear(run, "publish", downstream=True)
    assert_is_as_the_files_say(pipeline)
