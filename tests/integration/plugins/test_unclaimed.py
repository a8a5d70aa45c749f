"""What lies below the sources' prefixes and is not loaded: ignored by rule, or named wherever people look."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from random import Random
from typing import Any

import obstore
import pytest

from bench.rig.dag_runs import Run, load_dag
from sparkify.monitoring.doctor import Doctor
from sparkify.pages import loads
from sparkify.pages.period import Period
from sparkify.pages.queries import Queries
from sparkify.pages.reader import WarehouseReader
from sparkify.settings import load_settings
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import batch
from tests.support.staging_rig import HOUR_13, Stage, event, lines, song

HALF_A_LINE = b'{"artist": "A", "ts": 15414'


def test_files_of_a_writer_that_is_not_done_are_not_read(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    stage.put(f"{HOUR_13}_temporary/0/task_1/part-0.json", HALF_A_LINE)
    stage.put(f"{HOUR_13}.staging/part-0.json", lines(event(2)))
    stage.put(f"{HOUR_13}b.json._COPYING_", HALF_A_LINE)
    stage.put(f"{HOUR_13}_SUCCESS", b"")
    stage.put(f"{HOUR_13}sub_$folder$", b"")
    stage.put(f"{HOUR_13}_region=eu/c.json", lines(event(3)))
    counts = stage.run()
    assert (counts["files"], counts["staged"], counts.get("unclaimed")) == (2, 2, None)
    assert stage.rows("SELECT COUNT(*) FROM staged_rejects WHERE table_name = 'unclaimed'") == [(0,)]


def test_song_files_of_a_writer_that_is_not_done_are_not_read(stage: Stage) -> None:
    stage.put("song_data/A/a.json", song(1))
    stage.put("song_data/_temporary/0/task_1/part-0.json", HALF_A_LINE)
    stage.put("song_data/A/.b.json.crc", b"crc")
    counts = stage.songs()
    assert (counts["files"], counts["staged"], counts.get("unclaimed")) == (1, 1, None)


def test_the_files_of_a_day_are_its_numbered_parts_and_others_are_named(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    month = "log_data/2018/11"
    stage.put(f"{month}/2018-11-05-events.json", lines(event(1)))
    stage.put(f"{month}/2018-11-05-events-part2.json", lines(event(2)))
    strays = ["2018-11-05-events.json.bak", "2018-11-31-events.json", "2018-12-05-events.json", "05/13/e.json"]
    for name in strays:
        stage.put(f"{month}/{name}", lines(event(3)))
    counts = stage.run(layout="daily")
    assert (counts["files"], counts["staged"], counts["unclaimed"]) == (2, 2, 4)
    assert "4 objects are not loaded: " in caplog.text
    for name in strays:
        assert f"{month}/{name} (no partition of the layout has it)" in caplog.text


def test_a_later_try_names_what_is_left_then(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    stage.put("log_data/2018/11/5/13/a.json", lines(event(2)))
    stage.put("log_data/2018/11/year=2018/a.json", lines(event(2)))
    assert stage.run()["unclaimed"] == 2
    noted = "SELECT source_partition, object_uri, reason FROM staged_rejects WHERE table_name = 'unclaimed' ORDER BY 2"
    assert stage.rows(noted) == [
        (
            "staging_events",
            f"s3://stage/{stage.root}/log_data/2018/11/{name}/a.json",
            "no partition of the layout has it",
        )
        for name in ("5/13", "year=2018")
    ]
    stage.remove("log_data/2018/11/5/13/a.json")
    assert stage.execute(stage.operator(), try_number=2)["unclaimed"] == 1
    assert stage.rows("SELECT COUNT(*) FROM staged_rejects WHERE table_name = 'unclaimed'") == [(1,)]
    stage.remove("log_data/2018/11/year=2018/a.json")
    assert "unclaimed" not in stage.execute(stage.operator(), try_number=3)
    assert stage.rows("SELECT COUNT(*) FROM staged_rejects WHERE table_name = 'unclaimed'") == [(0,)]


@pytest.fixture
def untidy(pipeline: Pipeline) -> Pipeline:
    """Three hours, one of them delivered to a folder with another name, and some files that no load reads."""
    rng = Random(4)
    for number in (0, 1):
        pipeline.put_hour(number, batch(rng, 2))
    for key in ("log_data/2018/11/5/2/events.json", "log_data/2018/13/01/00/e.json", "log_data/2017/1/e.json"):
        obstore.put(pipeline.store, key, json.dumps(event(1)).encode())
    obstore.put(pipeline.store, "log_data/2018/_SUCCESS", b"")
    return pipeline


def overview(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(loads, "unfinished_runs", lambda period, max_hours: [])  # Airflow's own database is not there
    settings = load_settings()
    reader = WarehouseReader(settings.redshift_conn_id, cache_seconds=0)
    try:
        page = loads.Loads(Queries(Path(settings.sql_folder), reader), settings)
        return page.overview(Period(START, START + 24 * HOUR))
    finally:
        reader.close()


def test_log_figures_page_and_doctor_name_what_no_load_reads(
    untidy: Pipeline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = Run(untidy.dag, START, START + HOUR)
    run.finish()
    assert run.results["stage.stage_events"]["unclaimed"] == 2
    assert f"s3://{untidy.bucket}/log_data/2018/11/5/2/events.json" in caplog.text
    assert run.results["audit_run"]["warned"] == 1
    with untidy.session() as session:
        results = "SELECT status, failures, sample FROM etl.quality_results WHERE check_name = 'files_claimed'"
        [[status, failures, sample]] = session.rows(results)
    assert (status, failures) == ("warned", 2)
    assert "log_data/2018/11/5/2/events.json" in sample
    shown = overview(untidy, monkeypatch)["unclaimed"]
    assert (shown["hours"], shown["objects"]) == (1, 2)
    assert any("log_data/2018/11/5/2/events.json" in line for line in shown["sample"])
    found = {finding.name: finding for finding in Doctor(load_settings()).examine()}["unclaimed files"]
    assert found.status == "warning"
    assert found.seen.startswith("3 objects are not loaded")  # the whole source's, that of 2017 as well
    assert "log_data/2017/1/e.json" in found.seen
    assert "docs/loading.md" in found.fix


def test_the_page_is_silent_once_the_hour_was_loaded_from_a_tidy_source(
    untidy: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    untidy.run_hour(0)
    untidy.run_hour(1)
    assert overview(untidy, monkeypatch)["unclaimed"]["hours"] == 2
    obstore.delete(untidy.store, ["log_data/2018/11/5/2/events.json", "log_data/2018/13/01/00/e.json"])
    untidy.run_window(START, START + 2 * HOUR)
    assert overview(untidy, monkeypatch)["unclaimed"] is None


def test_the_daily_look_for_changes_names_what_belongs_to_no_hour(
    untidy: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    run = Run(load_dag("sparkify_changes"), None, None)
    context = run.context("detect_changes")
    task = run.dag.get_task("detect_changes").prepare_for_execution()
    task.render_template_fields(context | {"task": task})
    task.execute(context)
    assert context["ti"].pushed["counts"]["unclaimed"] == 3
    assert f"s3://{untidy.bucket}/log_data/2017/1/e.json" in caplog.text
