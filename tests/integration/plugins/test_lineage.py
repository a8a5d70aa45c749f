"""What a run reports to OpenLineage and to the consumers of its assets: what came from where, and how much."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.openlineage.extractors.manager import ExtractorManager
from airflow.sdk import TaskInstanceState
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run
from sparkify.tables import EVENT_COLUMNS, STAR_COLUMNS
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import event, song

pytestmark = pytest.mark.integration


def columns(dataset: Any) -> list[str]:
    return [field.name for field in dataset.facets["schema"].fields]


def rows(dataset: Any) -> int | None:
    facet = dataset.outputFacets.get("outputStatistics")
    return facet.rowCount if facet else None


def reported(run: Run, task_id: str) -> Any:
    """Return what the provider gets of a task that has ended, by the way that its listener takes."""
    dag_run, ti = SimpleNamespace(run_id="lineage"), SimpleNamespace(task_id=task_id)
    task = run.executed[task_id]
    return ExtractorManager().extract_metadata(dag_run, task, TaskInstanceState.SUCCESS, task_instance=ti)


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_each_task_tells_what_it_read_and_wrote(pipeline: Pipeline) -> None:
    pipeline.put_hour(0, [{**event(Random(n), 1), "page": "NextSong"} for n in range(9)])
    run = Run(pipeline.dag, START, START + HOUR)
    results = run.finish()

    staging = reported(run, "stage.stage_events")
    [files] = staging.inputs
    assert (files.namespace, files.name) == (f"s3://{pipeline.bucket}", "log_data")
    assert columns(files) == list(EVENT_COLUMNS)
    [staged] = staging.outputs
    assert staged.name == "dev.staging_template.staging_events"
    assert rows(staged) == results["stage.stage_events"]["staged"] == 9

    plays = reported(run, "load.load_songplays")
    assert {dataset.name for dataset in plays.inputs} >= {"dev.staging_template.staging_events"}
    [built] = [dataset for dataset in plays.outputs if dataset.name == "dev.staging_template.run_plays"]
    assert rows(built) == results["load.load_songplays"]["inserted"] > 0

    star = reported(run, "publish")
    read = {dataset.name for dataset in star.inputs}
    written = {dataset.name: dataset for dataset in star.outputs}
    assert read >= {
        f"dev.staging_template.run_{name}" for name in ("plays", "observations", "times", "songs", "artists")
    }
    assert "dev.staging_template.staged_partitions" in read
    assert written.keys() >= {f"dev.public.{table}" for table in ("songplays", "users", "songs", "artists", "time")}
    assert written.keys() >= {
        f"dev.etl.{table}"
        for table in (
            *("play_deliveries", "user_observations", "latest_observations", "song_deliveries"),
            *("load_ledger", "load_history", "source_objects", "rejects"),
        )
    }
    assert not any(word in name for name in written for word in ("ranked", "shown", "withdrawn", "changed"))
    songplays = written["dev.public.songplays"]
    assert songplays.namespace.startswith("redshift://")
    assert columns(songplays) == list(STAR_COLUMNS["songplays"])
    counts = results["publish"]["tables"]
    assert rows(songplays) == counts["songplays"]["inserted"] > 0
    assert rows(written["dev.public.users"]) == counts["users"]["inserted"]
    assert rows(written["dev.etl.load_ledger"]) is None
    assert reported(run, "check_quality").outputs == []


def told(run: Run) -> dict[str, dict[str, int]]:
    """Return the counts of the asset events that a run ended with, by table."""
    return {asset.name.removeprefix("sparkify_"): event.extra for asset, event in run.events.items()}


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_asset_events_come_after_the_checks_and_not_when_one_fails(pipeline: Pipeline) -> None:
    pipeline.put_hour(0, [{**event(Random(n), 1), "page": "NextSong", "userId": "7"} for n in range(9)])
    pipeline.put_song(song(Random(1), 1))
    first, again, spoilt = (
        Run(pipeline.dag, START, START + HOUR, run_id=name) for name in ("first", "again", "spoilt")
    )
    loaded = first.finish()
    assert told(first).keys() == {"songplays", "users", "time", "songs", "artists"}
    assert told(first) == loaded["publish"]["tables"]
    assert told(first)["songplays"]["inserted"] > 0
    assert [told(first)[table]["inserted"] for table in ("users", "songs", "artists")] == [1, 1, 1]
    again.finish()
    assert told(again).keys() == told(first).keys()
    assert {count for counts in told(again).values() for count in counts.values()} == {0}
    with pipeline.session() as session:
        session.run("INSERT INTO public.time SELECT * FROM public.time")
    with pytest.raises(AirflowFailException, match="time_unique"):
        spoilt.finish()
    assert "publish" in spoilt.results
    assert told(spoilt) == {}
