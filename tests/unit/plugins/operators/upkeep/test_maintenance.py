"""What the operators of maintenance send, over a stand-in for the warehouse."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sparkify.operators.upkeep.drop_staging_schemas import DropStagingSchemasOperator
from sparkify.operators.upkeep.expire_rows import ExpireRowsOperator
from sparkify.operators.upkeep.run_scripts import RunScriptsOperator
from sparkify.operators.upkeep.vacuum_tables import VacuumTablesOperator
from tests.support.fake_warehouse import FakeSession
from tests.support.ledgers import SQL_FOLDER

LONG_AGO = datetime(2020, 1, 1)


def test_tables_are_sorted_one_by_one_and_interleaved_ones_are_analysed_again(
    use: Any, context: dict[str, Any]
) -> None:
    session = use(FakeSession({}))
    vacuum = VacuumTablesOperator(task_id="v", tables=["etl.a", "etl.b"], interleaved=["etl.b"])
    assert set(vacuum.execute(context)) == {"etl.a", "etl.b"}
    assert session.ran == [
        'VACUUM FULL "etl"."a" TO 95 PERCENT',
        'ANALYZE "etl"."a" PREDICATE COLUMNS',
        'VACUUM REINDEX "etl"."b"',
        'ANALYZE "etl"."b" PREDICATE COLUMNS',
    ]


def test_a_staging_schema_is_recorded_first_and_dropped_when_it_is_old(use: Any, context: dict[str, Any]) -> None:
    answers = {
        "SELECT TRIM(nspname)": [("run_new",), ("run_young",), ("run_old",)],
        "SELECT schema_name": [
            ("run_young", datetime.now() - timedelta(days=2)),
            ("run_old", LONG_AGO),
            ("run_gone", LONG_AGO),
        ],
    }
    session = use(FakeSession(answers))
    drop = DropStagingSchemasOperator(task_id="d", sql_folder=SQL_FOLDER, keep_days=7)
    assert drop.execute(context) == {"dropped": 1, "kept": 2}
    assert session.ran[2:] == [
        'DROP SCHEMA IF EXISTS "run_old" CASCADE',
        "DELETE FROM etl.staging_schemas WHERE schema_name = 'run_gone'",
        "DELETE FROM etl.staging_schemas WHERE schema_name = 'run_old'",
        "INSERT INTO etl.staging_schemas (schema_name, first_seen) VALUES ('run_new', GETDATE())",
    ]


def test_old_rows_go_behind_the_writers_lock_and_none_when_they_are_kept_for_ever(
    use: Any, context: dict[str, Any]
) -> None:
    session = use(FakeSession({"DELETE": 3}))
    tables = {"etl.load_history": "loaded_at", "etl.rejects": "rejected_at"}
    options: dict[str, Any] = {"task_id": "e", "tables": tables, "lock": "etl.load_mutex"}
    assert ExpireRowsOperator(keep_days=0, **options).execute(context) == dict.fromkeys(tables, 0)
    assert session.ran == []
    assert ExpireRowsOperator(keep_days=9, **options).execute(context) == dict.fromkeys(tables, 3)
    lock = session.ran.index('LOCK "etl"."load_mutex"')
    delete = session.ran.index('DELETE FROM "etl"."load_history" WHERE "loaded_at" < %s')
    assert lock < delete < session.ran.index("COMMIT")


@pytest.mark.parametrize(("enabled", "scripts"), [("True", 2), ("False", 0)])
def test_scripts_run_only_when_they_are_asked_for(
    use: Any, context: dict[str, Any], enabled: str, scripts: int
) -> None:
    session = use(FakeSession({}))
    run = RunScriptsOperator(task_id="r", scripts=["DELETE FROM a; DELETE FROM b", "DELETE FROM c"], enabled=enabled)
    assert run.execute(context) == {"scripts": scripts}
    assert session.ran.count("COMMIT") == scripts
