"""The DAGs' graphs are the ones that the docs show; what reading their files costs is in test_parsing.py."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from sparkify.loading.table_load import Fill
from sparkify.monitoring.alerts import TEARDOWNS
from sparkify.operators.base import WarehouseOperator
from sparkify.pages.links import LoadsPageLink
from sparkify.star import FILES_OF_RUN
from sparkify.tables import WRITERS_LOCK
from sparkify.templated import Templated

ROOT = Path(__file__).parents[3]
SQL_FIELDS = (
    "load",
    "guard_sql",
    "earlier",
    "result_sql",
    "version_sql",
    "steps",
    "assert_steps",
    "run_bounds",
    "bounds",
    "reject_rule",
    "checks",
    "views_sql",
    "scripts",
    "comments",
    "grants",
)
#: The tasks that build what the run's files say, in the run's own schema.
LOADS = ("load.load_songs", "load.load_artists", "load.load_users", "load.load_time", "load.load_songplays")
SET_UPS = ("open_staging", "stage.stage_events", "stage.stage_songs", "stage.build_staging_time", *LOADS)


@pytest.fixture(scope="module")
def dags() -> dict[str, Any]:
    # Not from sys.modules: running a DAG in this process replaces its file names by the files' texts.
    found = [runpy.run_path(str(path))["dag"] for path in sorted((ROOT / "dags").glob("*.py"))]
    return {dag.dag_id: dag for dag in found}


def test_no_dag_file_imports_another() -> None:
    """Airflow would take the DAGs of both for those of the importing file, and read two files for each of its tasks."""
    files = sorted((ROOT / "dags").glob("*.py"))
    names = "|".join(path.stem for path in files)
    imports = re.compile(rf"^\s*(?:import|from)\s+(?:{names})\b", re.MULTILINE)
    assert [path.name for path in files if imports.search(path.read_text(encoding="utf-8"))] == []


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


def test_every_task_uses_the_connections_of_the_settings(dags: dict[str, Any]) -> None:
    """A login by IAM is asked for by the pipeline's AWS connection, not by Airflow's default one."""
    used = {
        (task.redshift_conn_id, task.aws_conn_id)
        for dag in dags.values()
        for task in dag.tasks
        if isinstance(task, WarehouseOperator)
    }
    assert used == {("sparkify_redshift", "sparkify_aws")}


def test_every_task_of_a_load_links_to_the_loads_page(dags: dict[str, Any]) -> None:
    linked = {(operator.__module__, operator.__name__) for operator in LoadsPageLink().operators}
    assert {(type(task).__module__, type(task).__name__) for task in dags["sparkify_hourly"].tasks} <= linked


def test_hourly_intervals_are_whole_hours_of_utc(dags: dict[str, Any]) -> None:
    timetable = dags["sparkify_hourly"].timetable
    assert type(timetable).__name__ == "CronDataIntervalTimetable"
    assert not dags["sparkify_hourly"].catchup


def test_a_run_writes_its_own_schema_audits_it_publishes_checks_and_closes(dags: dict[str, Any]) -> None:
    assert edges(dags["sparkify_hourly"]) == {
        ("open_staging", "stage.stage_events"),
        ("open_staging", "stage.stage_songs"),
        ("stage.stage_events", "stage.build_staging_time"),
        ("stage.stage_songs", "load.load_songs"),
        ("stage.stage_songs", "load.load_artists"),
        ("stage.build_staging_time", "load.load_users"),
        ("stage.build_staging_time", "load.load_time"),
        ("stage.build_staging_time", "load.load_songplays"),
        *((load, "audit_run") for load in LOADS),
        ("audit_run", "publish"),
        ("publish", "check_quality"),
        ("check_quality", "close_staging"),
        ("check_quality", "confirm_opened"),
        # A teardown comes after its set-ups, whatever became of the rest; clearing one of them clears it as well.
        *((set_up, "close_staging") for set_up in SET_UPS),
    }


def test_what_writes_the_runs_own_schema_is_a_set_up_so_that_clearing_any_task_builds_it_again(
    dags: dict[str, Any],
) -> None:
    set_ups = {task.task_id for task in dags["sparkify_hourly"].tasks if task.is_setup}
    assert set_ups == set(SET_UPS)
    tear_downs = {task.task_id for task in dags["sparkify_hourly"].tasks if task.is_teardown}
    assert tear_downs == set(TEARDOWNS)


def test_what_the_runs_files_say_is_built_in_the_runs_own_schema_without_the_writers_lock(dags: dict[str, Any]) -> None:
    dag = dags["sparkify_hourly"]
    for task in (dag.get_task(task_id) for task_id in (*LOADS, "stage.build_staging_time")):
        # Without a schema: the first of the search path is the run's.
        assert task.load.table.startswith(("run_", "staging_"))
        assert isinstance(task.mode, Fill)
    assert dag.get_task("publish").lock == "etl.load_mutex"


def test_what_changes_shared_rows_waits_for_the_writers_lock(dags: dict[str, Any]) -> None:
    locks = {
        f"{dag_id}.{task.task_id}": task.lock
        for dag_id, dag in dags.items()
        for task in dag.tasks
        if hasattr(task, "lock") and task.task_id not in LOADS and task.task_id != "stage.build_staging_time"
    }
    upkeep = dict.fromkeys(("remove_orphans", "expire_history", "expire_quarantine"), WRITERS_LOCK)
    assert locks == {
        "sparkify_hourly.publish": WRITERS_LOCK,
        **{f"sparkify_maintenance.{task}": lock for task, lock in upkeep.items()},
        "sparkify_create_tables.drop_tables": None,  # which drops the table of the lock as well
    }


def test_only_the_checks_publish_events_of_every_table_with_the_counts_of_the_publish(dags: dict[str, Any]) -> None:
    dag = dags["sparkify_hourly"]
    assert [task.task_id for task in dag.tasks if task.outlets] == ["check_quality"]
    check = dag.get_task("check_quality")
    assert {outlet.name for outlet in check.outlets} == {
        f"sparkify_{table}" for table in dag.get_task("publish").tables
    }
    assert dict(check.assets) == {
        f"sparkify_{table}": table for table in ("songplays", "users", "songs", "artists", "time")
    }
    assert check.published_by == "publish"


def test_a_song_load_asks_the_task_that_stages_the_song_files_whether_there_are_any(dags: dict[str, Any]) -> None:
    dag = dags["sparkify_hourly"]
    for task_id in ("load.load_songs", "load.load_artists"):
        assert dag.get_task(task_id).mode.files_staged_by in dag.task_ids


def test_dropping_tables_needs_an_explicit_param(dags: dict[str, Any]) -> None:
    dag = dags["sparkify_create_tables"]
    assert dag.params["drop_existing"] is False
    assert dag.get_task("drop_tables").enabled == "{{ params.drop_existing }}"


def test_maintenance_vacuums_tables_that_are_defined_and_reindexes_those_that_are_interleaved(
    dags: dict[str, Any],
) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "sql" / "tables").glob("*.sql"))
    defined = dict(re.findall(r"CREATE TABLE IF NOT EXISTS ([\w.]+) \((.*?);", text, re.DOTALL))
    task = dags["sparkify_maintenance"].get_task("vacuum_tables")
    assert set(task.tables) <= set(defined)
    assert set(task.interleaved) == {name for name, body in defined.items() if "INTERLEAVED" in body}


def test_the_sql_that_plan_shows_is_that_of_the_hourly_dags_tasks(dags: dict[str, Any]) -> None:
    shown = [name for names in FILES_OF_RUN.values() for name in names]
    assert len(shown) == len(set(shown))
    assert set(shown) == named_files(dags["sparkify_hourly"])
    assert dags["sparkify_plan"].get_task("plan").sql_files == FILES_OF_RUN


def named_files(dag: Any) -> set[str]:
    """Return the names of the SQL files that a DAG's tasks have."""
    values = (value for task in dag.tasks for field in SQL_FIELDS for value in _texts(getattr(task, field, ())))
    return {value for value in values if value.endswith(".sql")}


def test_every_sql_file_that_a_dag_names_exists_and_every_file_is_used(dags: dict[str, Any]) -> None:
    named = {name for dag in dags.values() for name in named_files(dag)}
    files = {path.relative_to(ROOT / "sql").as_posix() for path in (ROOT / "sql").rglob("*.sql")}
    assert named <= files
    assert {
        f
        for f in files - named
        if not f.startswith(("analytics/", "ledger/", "migrations/", "pages/", "runner/", "upkeep/"))
    } == set()


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, Templated):
        return [text for name in value.template_fields for text in _texts(getattr(value, name))]
    return [value] if isinstance(value, str) else [text for item in value for text in _texts(item)]
