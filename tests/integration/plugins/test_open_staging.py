"""The run's staging schema: empty at every execution, and not made in a warehouse of another version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run, load_dag
from sparkify.hooks.errors import LockWaitError
from sparkify.hooks.warehouse import WarehouseHook
from sparkify.ledger.migrations import SCHEMA_VERSION
from sparkify.run_windows import staging_schema
from sparkify.tables import STAGING_TABLES

START = datetime(2018, 11, 5, 13, tzinfo=UTC)


@pytest.fixture
def run(conn_id: str, services: Any) -> Run:
    return Run(load_dag(), START, START + timedelta(hours=1), run_id="staged again")


@pytest.fixture
def schema() -> str:
    return staging_schema("sparkify_hourly", "staged again")


def session(conn_id: str, *path: str) -> Any:
    return WarehouseHook(conn_id).session(search_path=path or ("public", "etl"))


def test_a_run_id_that_comes_back_finds_empty_staging_and_its_own_hours(run: Run, conn_id: str, schema: str) -> None:
    run.run_task("open_staging")
    with session(conn_id, schema) as opened:
        opened.run("INSERT INTO staging_events (ts) VALUES (1)")
        opened.run("INSERT INTO run_loads (table_name, row_count, as_of) VALUES ('publish', 1, GETDATE())")
        opened.run("DROP TABLE staged_objects")
    later = START + timedelta(hours=5)
    again = Run(load_dag(), later, later + timedelta(hours=30), run_id="staged again")
    assert again.run_task("open_staging") == {"staging_schema": schema, "hours": 30}
    with session(conn_id, schema) as opened:
        counts = {table: opened.one(f"SELECT COUNT(*) FROM {schema}.{table}")[0] for table in STAGING_TABLES}
        assert counts == dict.fromkeys(STAGING_TABLES, 0) | {"run_partitions": 30}
        assert opened.one("SELECT MIN(source_partition), MAX(end_ts) - MIN(start_ts) FROM run_partitions") == (
            "2018-11-05T18",
            30 * 3_600_000,
        )
        assert opened.rows("SELECT * FROM run_events") == []
        opened.run(f"DROP SCHEMA {schema} CASCADE")


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM etl.migrations WHERE number = %s", "run the DAG sparkify_create_tables while nothing loads"),
        ("UPDATE etl.migrations SET number = number + 1 WHERE number = %s", "deploy the code that migrated them"),
    ],
    ids=["older tables", "newer tables"],
)
def test_tables_of_another_version_are_refused_before_anything_is_made(
    run: Run, conn_id: str, schema: str, change: str, words: str
) -> None:
    with session(conn_id) as opened:
        opened.run(change, (SCHEMA_VERSION,))
        try:
            with pytest.raises(AirflowFailException, match=f"open_staging failed: The warehouse's tables .*{words}"):
                run.run_task("open_staging")
            assert opened.one("SELECT COUNT(*) FROM pg_namespace WHERE nspname = %s", (schema,))[0] == 0
        finally:
            opened.run("DELETE FROM etl.migrations WHERE number >= %s", (SCHEMA_VERSION,))
            opened.run(
                "INSERT INTO etl.migrations (number, name, applied_at) VALUES (%s, 'restored', GETDATE())",
                (SCHEMA_VERSION,),
            )


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_an_earlier_trys_session_is_waited_for_within_a_limit_and_named(run: Run, conn_id: str, schema: str) -> None:
    run.run_task("open_staging")
    run.dag.get_task("open_staging").lock_wait_seconds = 0.2
    with session(conn_id, schema) as zombie:
        with zombie.transaction():
            zombie.run("INSERT INTO staging_events (ts) VALUES (1)")
            with pytest.raises(LockWaitError, match=rf"{schema} was not free .*Session {zombie.pid} .*pg_terminate"):
                run.run_task("open_staging")
        run.run_task("open_staging")
        zombie.run(f"DROP SCHEMA {schema} CASCADE")
