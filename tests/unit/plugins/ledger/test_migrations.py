"""The order and the form of migrations."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

from sparkify.hooks.sql_files import SqlFiles
from sparkify.ledger.migrations import SCHEMA_VERSION, Migrations, SchemaVersionError, refuse_other_version

SQL = Path(__file__).parents[4] / "sql"
SCRIPT = "SELECT COUNT(*) = 0 FROM t;\nALTER TABLE t ADD COLUMN c INTEGER;"


def test_the_projects_own_are_numbered_without_gaps_and_ask_first() -> None:
    migrations = Migrations(SqlFiles(SQL)).read()
    assert [migration.number for migration in migrations] == list(range(1, len(migrations) + 1))
    assert str(migrations[0]) == "0001_sort_the_ledger_by_partition"
    assert migrations[-1].number == SCHEMA_VERSION, "SCHEMA_VERSION is the number of the last migration"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "of version 0, .*: run the DAG sparkify_create_tables while nothing loads"),
        (SCHEMA_VERSION - 1, "run the DAG sparkify_create_tables while nothing loads"),
        (SCHEMA_VERSION + 1, "deploy the code that migrated them"),
    ],
)
def test_another_version_of_the_tables_is_refused_in_both_directions(found: int | None, words: str) -> None:
    refuse_other_version(SCHEMA_VERSION, "sparkify_create_tables")
    with pytest.raises(SchemaVersionError, match=words):
        refuse_other_version(found, "sparkify_create_tables")


def test_airflow_tells_a_task_how_many_runs_of_another_dag_are_running() -> None:
    """CreateTablesOperator asks before it migrates; other tests answer in Airflow's place."""
    parameters = inspect.signature(RuntimeTaskInstance.get_dr_count).parameters
    assert {"dag_id", "states"} <= set(parameters)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"0002_later.sql": SCRIPT}, "without gaps"),
        ({"0001_one.sql": SCRIPT, "0001_two.sql": SCRIPT}, "without gaps"),
        ({"1_short.sql": SCRIPT}, "not the name of a migration"),
        ({"0001_Loud.sql": SCRIPT}, "not the name of a migration"),
        ({"0001_unasked.sql": "ALTER TABLE t ADD COLUMN c INTEGER;"}, "must begin with a SELECT"),
        ({"0001_only_asks.sql": "SELECT 1;"}, "the change must follow"),
        ({"0001_empty.sql": "-- nothing"}, "must begin with a SELECT"),
    ],
)
def test_a_folder_that_cannot_be_applied_in_order_is_refused(tmp_path: Path, files: dict[str, str], words: str) -> None:
    (tmp_path / "migrations").mkdir()
    for name, text in files.items():
        (tmp_path / "migrations" / name).write_text(text)
    with pytest.raises(ValueError, match=words):
        Migrations(SqlFiles(tmp_path)).read()
