"""The DAGs' graphs are the ones that the docs show; what reading their files costs is in test_parsing.py."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from sparkify.alerts import TEARDOWNS

ROOT = Path(__file__).parents[3]
SQL_FIELDS = (
    "sql",
    "guard_sql",
    "before_sql",
    "after_sql",
    "assert_sql",
    "only_if_sql",
    "ruled_out_sql",
    "report_sql",
    "checks_sql",
    "views_sql",
    "scripts",
    "grants",
)


@pytest.fixture(scope="module")
def dags() -> dict[str, Any]:
    # Not from sys.modules: running a DAG in this process replaces its file names by the files' texts.
    sys.path.insert(0, str(ROOT / "dags"))  # as Airflow has it: sparkify_plan imports its neighbour
    found = [runpy.run_path(str(path))["dag"] for path in sorted((ROOT / "dags").glob("*.py"))]
    return {dag.dag_id: dag for dag in found}


def edges(dag: Any) -> set[tuple[str, str]]:
    return {(task.task_id, child) for task in dag.tasks for child in task.downstream_task_ids}


def test_every_task_has_owner_retries_with_backoff_and_the_staging_schema_first(dags: dict[str, Any]) -> None:
    for task in dags["sparkify_hourly"].tasks:
        assert task.owner == "data-engineering"
        if task.is_teardown:
            assert task.retries == 0
            continue
        assert task.retries > 0
        assert task.retry_exponential_backoff
        assert "staging_schema" in task.search_path[0]


def test_hourly_intervals_are_whole_hours_of_utc(dags: dict[str, Any]) -> None:
    timetable = dags["sparkify_hourly"].timetable
    assert type(timetable).__name__ == "CronDataIntervalTimetable"
    assert not dags["sparkify_hourly"].catchup


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("open_staging", "stage.stage_events"),
        ("open_staging", "stage.stage_songs"),
        ("stage.stage_events", "stage.build_staging_time"),
        ("stage.build_staging_time", "stage.audit_staging"),
        ("stage.stage_songs", "stage.audit_staging"),
        ("stage.audit_staging", "catalogue.load_songs"),
        ("catalogue.load_songs", "catalogue.load_artists"),
        ("catalogue.load_artists", "catalogue.complete_plays"),
        ("stage.audit_staging", "listening.load_time"),
        ("stage.audit_staging", "listening.load_users"),
        ("catalogue.complete_plays", "load_songplays"),
        ("listening.load_time", "load_songplays"),
        ("listening.load_users", "load_songplays"),
        ("load_songplays", "check_quality"),
        ("check_quality", "close_staging"),
        ("check_quality", "confirm_opened"),
    ],
)
def test_the_fact_is_published_last(dags: dict[str, Any], before: str, after: str) -> None:
    assert (before, after) in edges(dags["sparkify_hourly"])


def test_staging_tasks_are_set_ups_so_that_clearing_a_load_stages_again(dags: dict[str, Any]) -> None:
    set_ups = {task.task_id for task in dags["sparkify_hourly"].tasks if task.is_setup}
    assert set_ups == {"open_staging", "stage.stage_events", "stage.stage_songs", "stage.build_staging_time"}
    tear_downs = {task.task_id for task in dags["sparkify_hourly"].tasks if task.is_teardown}
    assert tear_downs == set(TEARDOWNS)


def test_only_the_checks_publish_events_of_every_table_with_the_tasks_that_load_it(dags: dict[str, Any]) -> None:
    dag = dags["sparkify_hourly"]
    assert [task.task_id for task in dag.tasks if task.outlets] == ["check_quality"]
    check = dag.get_task("check_quality")
    assert {outlet.name for outlet in check.outlets} == set(check.assets)
    loads: dict[str, set[str]] = {}
    for task in dag.tasks:
        schema, _, table = getattr(task, "table", "").partition(".")
        if schema == "public":
            loads.setdefault(f"sparkify_{table}", set()).add(task.task_id)
    assert {name: set(tasks) for name, tasks in check.assets.items()} == loads


def test_dropping_tables_needs_an_explicit_param(dags: dict[str, Any]) -> None:
    dag = dags["sparkify_create_tables"]
    assert dag.params["drop_existing"] is False
    assert dag.get_task("drop_tables").enabled == "{{ params.drop_existing }}"


def test_every_sql_file_that_a_dag_names_exists_and_every_file_is_used(dags: dict[str, Any]) -> None:
    named = {
        value
        for dag in dags.values()
        for task in dag.tasks
        for field in SQL_FIELDS
        for value in _texts(getattr(task, field, ()))
        if value.endswith(".sql")
    }
    files = {path.relative_to(ROOT / "sql").as_posix() for path in (ROOT / "sql").rglob("*.sql")}
    assert named <= files
    assert {f for f in files - named if not f.startswith(("analytics/", "migrations/", "pages/"))} == set()


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
