"""What a run reports to OpenLineage and to the consumers of its assets: what came from where, and how much."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.openlineage.extractors.manager import ExtractorManager
from airflow.sdk import TaskInstanceState
from airflow.sdk.exceptions import AirflowFailException

from sparkify.tables import EVENT_COLUMNS, STAR_COLUMNS
from tests.integration.plugins.test_pipeline import HOUR, START, Pipeline, conn_id, event, pipeline, song
from tests.pipeline import Run

__all__ = ["conn_id", "pipeline"]

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

    fact = reported(run, "load_songplays")
    read = {dataset.name: dataset for dataset in fact.inputs}
    written = {dataset.name: dataset for dataset in fact.outputs}
    assert {"dev.staging_template.staging_events", "dev.etl.song_catalogue"} <= set(read)
    assert {"dev.public.songplays", "dev.etl.play_deliveries", "dev.etl.load_ledger"} <= set(written)
    assert not any("candidate" in name or "run_" in name.rpartition(".")[2] for name in written)
    songplays = written["dev.public.songplays"]
    assert songplays.namespace.startswith("redshift://")
    assert columns(songplays) == list(STAR_COLUMNS["songplays"])
    assert rows(songplays) == results["load_songplays"]["inserted"] > 0

    users = reported(run, "listening.load_users")
    assert rows({dataset.name: dataset for dataset in users.outputs}["dev.public.users"]) is not None
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
    assert told(first)["songplays"]["inserted"] == loaded["load_songplays"]["inserted"] > 0
    assert [told(first)[table]["inserted"] for table in ("users", "songs", "artists")] == [1, 1, 1]
    again.finish()
    assert {name for counts in told(again).values() for name, count in counts.items() if count} <= {
        "candidates",
        "unchanged",
    }
    assert not any(told(again)["songs"].values()), "no song file was new, so there was nothing to load"
    with pipeline.session() as session:
        session.run("INSERT INTO public.time SELECT * FROM public.time")
    with pytest.raises(AirflowFailException, match="time_unique"):
        spoilt.finish()
    assert "load_songplays" in spoilt.results
    assert told(spoilt) == {}
