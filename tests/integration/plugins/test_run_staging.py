"""A run's staging: what a load refuses to publish from it, and when it is kept."""

from __future__ import annotations

from random import Random

import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run
from sparkify.hooks.warehouse import WarehouseHook
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import event

pytestmark = pytest.mark.integration


def test_a_load_refuses_a_staging_that_is_not_what_the_run_staged(pipeline: Pipeline) -> None:
    rng = Random(1)
    pipeline.put_hour(0, [event(rng, 1) | {"ts": int(START.timestamp() * 1000)} for _ in range(5)])
    pipeline.run_hour(0)
    before = pipeline.star()
    run = Run(pipeline.dag, START, START + HOUR, run_id=f"cleared alone {pipeline.bucket}")
    run.run_task("open_staging")
    for task_id in ("audit_run", "publish"):
        with pytest.raises(
            AirflowFailException, match=r"has not staged the events of 2018-11-05T00; clear stage\.stage_events"
        ):
            run.run_task(task_id)
    for task_id in ("stage.stage_events", "stage.stage_songs"):
        run.run_task(task_id)
    for task_id in ("audit_run", "publish"):
        with pytest.raises(AirflowFailException, match=r"run_plays was not built; clear load\.load_songplays and"):
            run.run_task(task_id)
    for task_id in [load for load in pipeline.dag.task_ids if load.startswith(("load.", "stage.build"))]:
        run.run_task(task_id)
    with WarehouseHook(pipeline.hook.conn_id).session(search_path=run.executed["publish"].search_path) as session:
        session.run("DELETE FROM run_times")
        session.run("UPDATE run_loads SET as_of = as_of - INTERVAL '1 second' WHERE table_name = 'run_plays'")
    with pytest.raises(AirflowFailException) as refused:
        run.run_task("publish")
    assert "run_times holds 0 rows where 1 were built; clear load.load_time and" in str(refused.value)
    assert "run_plays was built of what was staged before; clear load.load_songplays and" in str(refused.value)
    assert pipeline.star() == before


def test_a_failed_run_keeps_its_staging_and_a_successful_one_leaves_nothing(pipeline: Pipeline) -> None:
    schemas = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'run!_%' ESCAPE '!'"
    pipeline.put_hour(0, [])
    pipeline.run_hour(0)
    with pipeline.session() as session:
        before = session.rows(schemas)
    run = Run(pipeline.dag, START, START + HOUR, run_id=f"failing {pipeline.bucket}")
    run.run_task("open_staging")
    run.failed = {"stage.stage_events": "failed"}
    with pytest.raises(AirflowFailException, match=r"stage\.stage_events failed.*run_\w+ is kept"):
        run.run_task("close_staging")
    with pipeline.session() as session:
        assert len(session.rows(schemas)) == len(before) + 1
