"""What the operators of maintenance send, over a stand-in for the warehouse."""

from __future__ import annotations

from typing import Any

import pytest

from sparkify.operators.upkeep.expire_rows import ExpireRowsOperator
from sparkify.operators.upkeep.run_scripts import RunScriptsOperator
from sparkify.operators.upkeep.vacuum_tables import VacuumTablesOperator
from tests.support.fake_warehouse import FakeSession


def test_tables_are_sorted_one_by_one_and_interleaved_ones_are_analysed_again(
    use: Any, context: dict[str, Any]
) -> None:
    """The statements are what it is for: only Redshift itself has sorted and unsorted rows."""
    session = use(FakeSession({}))
    vacuum = VacuumTablesOperator(task_id="v", tables=["etl.a", "etl.b"], interleaved=["etl.b"])
    assert set(vacuum.execute(context)) == {"etl.a", "etl.b"}
    assert session.ran == [
        'VACUUM FULL "etl"."a" TO 95 PERCENT',
        'ANALYZE "etl"."a" PREDICATE COLUMNS',
        'VACUUM REINDEX "etl"."b"',
        'ANALYZE "etl"."b" PREDICATE COLUMNS',
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
