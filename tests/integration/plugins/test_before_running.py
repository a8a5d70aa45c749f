"""``plan`` and ``doctor``: what they show, what they find wrong, and that they change nothing."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import obstore
import psycopg
import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run, load_dag, order
from bench.rig.driver_cursors import sent_statements
from sparkify.hooks.sql_files import SqlFiles
from sparkify.hooks.sql_text import split_statements
from sparkify.monitoring.doctor import Doctor, Finding
from sparkify.settings import load_settings
from sparkify.star import FILES_OF_RUN
from tests.chaos.tables import read_tables
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import batch, event, song

ROOT = Path(__file__).parents[3]
WINDOW = {"window_start": START.isoformat(), "window_end": (START + 5 * HOUR).isoformat()}


@pytest.fixture
def loaded(pipeline: Pipeline) -> Pipeline:
    """Five hours: unchanged, changed since, loaded without files, never loaded, never loaded and without files."""
    rng = Random(4)
    for number in (0, 1):
        pipeline.put_hour(number, [event(rng, 1), *batch(rng, 2)])
    pipeline.put_song(song(rng, 1))
    pipeline.run_window(START, START + 3 * HOUR)
    for number in (1, 3):
        pipeline.put_hour(number, [event(rng, 2), *batch(rng, 4)])
    pipeline.put_song(song(rng, 2))
    return pipeline


def keys(pipeline: Pipeline) -> list[tuple[str, Any]]:
    return sorted((item["path"], item["e_tag"]) for page in obstore.list(pipeline.store) for item in page)


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_plan_tells_the_state_of_each_hour_and_the_sql_and_changes_nothing(
    loaded: Pipeline, services: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as connection:
        before = read_tables(connection), keys(loaded)
        caplog.set_level(logging.INFO)
        counts = Run(load_dag("sparkify_plan"), None, None, WINDOW).run_task("plan")
        assert (read_tables(connection), keys(loaded)) == before
    assert {name: counts[name] for name in ("hours", "unchanged", "changed", "unloaded", "missing", "files")} == {
        "hours": 5,
        "unchanged": 1,
        "changed": 1,
        "unloaded": 1,
        "missing": 2,
        "files": 3,
    }
    assert counts["new_files"] == 1
    assert counts["bytes"] == sum(item["size"] for page in obstore.list(loaded.store, "log_data/") for item in page)
    assert "2018-11-05T01  changed" in caplog.text
    for words in (
        "-- load: load/plays.sql",
        "-- publish: publish/play_deliveries.sql",
        "DELETE FROM etl.play_deliveries",
        "-- check: quality/songplays_unique.sql",
    ):
        assert words in caplog.text


@pytest.mark.parametrize("conn_id", ["postgres"], indirect=True)
def test_the_statements_that_plan_shows_are_those_that_a_publish_runs(loaded: Pipeline) -> None:
    sql = SqlFiles(load_settings().sql_folder)
    shown = [pattern_of(part) for name in FILES_OF_RUN["publish"] for part in sql.statements(name)]
    run = Run(loaded.dag, START, START + 2 * HOUR)
    for task_id in order(loaded.dag)[: order(loaded.dag).index("publish")]:
        run.run_task(task_id)
    with sent_statements() as sent:
        run.run_task("publish")
    ran = [statement for script in sent for statement in split_statements(script)]
    of_steps = re.compile(r"(INSERT INTO|DELETE FROM|UPDATE) etl\.|CREATE TEMP TABLE")
    found = [statement for statement in ran if of_steps.match(statement)]
    assert len(found) > 10
    assert [statement for statement in found if not any(pattern.fullmatch(statement) for pattern in shown)] == []


def pattern_of(statement: str) -> re.Pattern[str]:
    """Return the pattern of a statement that is shown, with anything in the places of its values."""
    text = re.escape(statement)
    text = re.sub(r"(?:[\w\"]|\\\.)+\\ BETWEEN\\ :(\w+)_from\\ AND\\ :\1_to", ".+", text)
    return re.compile(re.sub(r"(?<![:\w]):[a-z_]\w*", ".+", text), re.DOTALL)


def findings() -> dict[str, Finding]:
    return {finding.name: finding for finding in Doctor(load_settings()).examine()}


@pytest.mark.parametrize("conn_id", ["redshift", "postgres"], indirect=True)
def test_doctor_finds_a_loaded_system_sound_and_leaves_nothing(loaded: Pipeline) -> None:
    before = keys(loaded)
    found = findings()
    assert {name: finding.status for name, finding in found.items()} == dict.fromkeys(found, "ok")
    assert len(found) == 14
    assert keys(loaded) == before


@pytest.fixture
def sound(loaded: Pipeline) -> Iterator[Pipeline]:
    yield loaded
    loaded.reset()


@pytest.mark.parametrize("conn_id", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("check", "setting", "value", "seen", "fix"),
    [
        ("source bucket", "SOURCE_BUCKET", "no-such-bucket", "no bucket 'no-such-bucket'", "sparkify_aws|stage_s3"),
        ("source bucket", "AWS_CONN_ID", "nobody", "no Airflow connection 'nobody'", "nobody"),
        ("event logs", "LOG_LAYOUT", "daily", "does not fit the layout daily", "set log_layout to hourly"),
        ("event logs", "LOG_PREFIX", "elsewhere", "holds no files", "log_prefix"),
        ("song files", "SONG_PREFIX", "elsewhere", "holds no files", "song_prefix"),
        ("manifest folder", "MANIFEST_BUCKET", "no-such-bucket", "no bucket", "connection"),
        ("warehouse", "REDSHIFT_CONN_ID", "nobody", "nobody", "nobody"),
    ],
)
def test_doctor_names_a_wrong_setting_and_the_fix(
    loaded: Pipeline, monkeypatch: pytest.MonkeyPatch, check: str, setting: str, value: str, seen: str, fix: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW__SPARKIFY__{setting}", value)
    found = findings()[check]
    assert found.status in ("failed", "warning")
    assert seen in found.seen
    assert any(words in found.fix for words in fix.split("|"))


@pytest.mark.parametrize("conn_id", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "seen", "fix"),
    [
        ("DROP TABLE public.time", "public.time is missing", "run sparkify_create_tables"),
        ("ALTER TABLE public.users DROP COLUMN gender", "public.users.gender is missing", "up to date with sql/tables"),
        (
            "ALTER TABLE public.songs ALTER COLUMN title TYPE VARCHAR(2000)",
            "defined as character varying(1024)",
            "sql/tables",
        ),
    ],
)
def test_doctor_names_a_table_that_is_not_as_defined(sound: Pipeline, statement: str, seen: str, fix: str) -> None:
    with sound.session() as session:
        session.run(statement)
    found = findings()["tables"]
    assert found.status == "failed"
    assert seen in found.seen
    assert fix in found.fix


@pytest.mark.parametrize("conn_id", ["postgres"], indirect=True)
def test_a_failed_check_fails_the_task_with_all_failed_lines(sound: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__LOG_LAYOUT", "daily")
    with pytest.raises(AirflowFailException, match="does not fit the layout daily.*Do: set log_layout to hourly"):
        Run(load_dag("sparkify_doctor"), None, None).run_task("diagnose")


@pytest.mark.parametrize("conn_id", ["postgres"], indirect=True)
def test_both_are_commands(loaded: Pipeline) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "plugins")}

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sparkify", *words], env=environment, cwd=ROOT, capture_output=True, text=True
        )  # fmt: skip

    done = command("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" ok ") == 14
    done = command("plan", "--start", WINDOW["window_start"], "--end", WINDOW["window_end"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2018-11-05T03  unloaded" in done.stdout + done.stderr
    assert "INSERT" not in done.stdout + done.stderr
    done = command("plan", "--start", WINDOW["window_start"], "--end", WINDOW["window_end"], "--sql")
    assert "-- publish: publish/songplays.sql" in done.stdout
    done = command("plan", "--start", WINDOW["window_end"], "--end", WINDOW["window_start"], "--sql")
    assert done.returncode != 0
    assert "reversed" in done.stderr
