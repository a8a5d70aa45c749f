"""Migrations, what readers may do, and the maintenance DAG."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

import psycopg
import pytest

from bench.rig.dag_runs import Run, load_dag
from sparkify.hooks.warehouse import WarehouseHook
from sparkify.ledger.migrations import SCHEMA_VERSION
from sparkify.monitoring.doctor import Doctor
from sparkify.run_windows import staging_schema
from sparkify.settings import load_settings
from tests.support.pipeline import Pipeline
from tests.support.random_source import event, song

pytestmark = pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)

SORT_KEY = """SELECT "column" FROM pg_table_def
WHERE schemaname = 'etl' AND tablename = 'load_ledger' AND sortkey = 1"""


def create_tables() -> dict[str, Any]:
    return Run(load_dag("sparkify_create_tables"), None, None).run_task("create_tables")


def maintain(task_id: str) -> dict[str, Any]:
    return Run(load_dag("sparkify_maintenance"), None, None).run_task(task_id)


def finding(name: str) -> Any:
    return {found.name: found for found in Doctor(load_settings()).examine()}[name]


def test_new_tables_are_made_with_every_migration(pipeline: Pipeline) -> None:
    with pipeline.session() as session:
        numbers = session.rows("SELECT number FROM etl.migrations ORDER BY number")
    assert numbers == [(number,) for number in range(1, SCHEMA_VERSION + 1)]
    assert create_tables()["migrated"] == []


def test_a_warehouse_of_an_earlier_version_is_migrated_once_and_doctor_says_so(pipeline: Pipeline) -> None:
    with pipeline.session() as session:
        session.run("ALTER TABLE etl.load_ledger ALTER COMPOUND SORTKEY (target_table, source_partition)")
        session.run("DROP TABLE etl.migrations")
    assert finding("migrations").status == "failed"
    assert create_tables()["migrated"] == ["0001_sort_the_ledger_by_partition"]
    assert create_tables()["migrated"] == []
    with pipeline.session() as session:
        assert session.rows(SORT_KEY) == [("source_partition",)]
    assert finding("migrations").status == finding("tables").status == "ok"


def test_a_migration_that_was_cut_off_before_it_was_noted_is_noted_and_not_made_again(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pipeline.session() as session:
        session.run("DELETE FROM etl.migrations")
    assert create_tables()["migrated"] == []
    with pipeline.session() as session:
        assert session.one("SELECT COUNT(*) FROM etl.migrations")[0] == SCHEMA_VERSION


def test_the_pages_user_reads_and_cannot_write(pipeline: Pipeline) -> None:
    with WarehouseHook("stage_reader").session(search_path=("public", "etl")) as session:
        assert session.rows("SELECT * FROM songplays WHERE 1 = 0") == []
        for statement in (
            "DELETE FROM public.songplays",
            "INSERT INTO etl.load_mutex VALUES (1)",
            "DROP TABLE etl.load_ledger",
            "TRUNCATE public.users",
            "CREATE SCHEMA of_the_reader",
            "CREATE TABLE public.of_the_reader (id INTEGER)",
        ):
            with pytest.raises(Exception, match=r"(?i)permission denied|must be owner"):
                session.run(statement)


def test_doctor_warns_when_the_pages_read_by_a_user_that_may_write(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("reader").status == "ok"
    monkeypatch.setenv("AIRFLOW__SPARKIFY__READER_CONN_ID", "stage_postgres")
    assert "may insert, update, delete as well" in finding("reader").seen
    monkeypatch.setenv("AIRFLOW__SPARKIFY__READER_CONN_ID", "stage_redshift")
    assert "the connection that loads" in finding("reader").seen


def test_a_staging_schema_is_kept_for_its_days_and_then_dropped(
    pipeline: Pipeline, services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__STAGING_RETENTION_DAYS", "7")
    left = staging_schema("sparkify_hourly", "a failed run")
    with pipeline.session() as session:
        session.run(f"CREATE SCHEMA {left}")
        session.run(f"CREATE TABLE {left}.staging_events (ts BIGINT)")
    assert maintain("drop_staging_schemas")["dropped"] == 0
    long_ago = datetime(2026, 1, 1)
    with pipeline.session() as session:
        session.run("UPDATE etl.staging_schemas SET first_seen = %s WHERE schema_name = %s", (long_ago, left))
    assert maintain("drop_staging_schemas")["dropped"] == 1
    with pipeline.session() as session:
        assert session.one("SELECT COUNT(*) FROM pg_namespace WHERE nspname = %s", (left,))[0] == 0
        assert session.one("SELECT COUNT(*) FROM etl.staging_schemas WHERE schema_name = %s", (left,))[0] == 0


def test_only_old_staging_schemas_are_dropped_and_new_ones_are_recorded(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__STAGING_RETENTION_DAYS", "7")
    new, young, old, gone = (staging_schema("sparkify_hourly", name) for name in ("new", "young", "old", "gone"))
    seen = {young: datetime.now() - timedelta(days=2), old: datetime(2020, 1, 1), gone: datetime(2020, 1, 1)}
    with pipeline.session() as session:
        for schema in (new, young, old):
            session.run(f"CREATE SCHEMA {schema}")
        for schema, first_seen in seen.items():
            session.run(
                "INSERT INTO etl.staging_schemas (schema_name, first_seen) VALUES (%s, %s)", (schema, first_seen)
            )
    assert maintain("drop_staging_schemas")["dropped"] == 1
    with pipeline.session() as session:
        there = {row[0] for row in session.rows("SELECT TRIM(nspname) FROM pg_namespace")}
        recorded = dict(session.rows("SELECT schema_name, first_seen FROM etl.staging_schemas"))
        for schema in (new, young):
            session.run(f"DROP SCHEMA {schema}")
    assert there & {new, young, old, gone} == {new, young}
    assert recorded.keys() & {new, young, old, gone} == {new, young}
    assert recorded[young] == seen[young]
    assert recorded[new] > datetime(2020, 1, 1)


def test_old_history_goes_and_the_ledger_the_quarantine_and_the_star_stay(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__HISTORY_RETENTION_DAYS", "30")
    pipeline.put_hour(0, [event(Random(3), 1)])
    pipeline.run_hour(0)
    old = datetime.now() - timedelta(days=31)
    with pipeline.session() as session:
        before = pipeline.star(), pipeline.ledger()
        kept = session.one("SELECT COUNT(*) FROM etl.load_history")[0]
        session.run("INSERT INTO etl.load_history SELECT * FROM etl.load_history")
        changed = session.run("UPDATE etl.load_history SET loaded_at = %s", (old,))
        assert changed == 2 * kept
    assert maintain("expire_history")["etl.load_history"] == 2 * kept
    assert maintain("expire_quarantine") == {"etl.rejects": 0}
    assert (pipeline.star(), pipeline.ledger()) == before
    assert set(maintain("vacuum_tables")) >= {"public.songplays", "etl.play_deliveries"}


def test_a_missing_group_of_readers_is_said_and_does_no_harm(
    pipeline: Pipeline, services: Any, caplog: pytest.LogCaptureFixture
) -> None:
    dag = load_dag("sparkify_create_tables")
    dag.get_task("create_tables").reader_group = "nobody_reads"
    assert Run(dag, None, None).run_task("create_tables")["readers"] is False
    assert "CREATE GROUP nobody_reads" in caplog.text


def test_the_pipeline_needs_no_more_than_to_create_in_the_database(
    pipeline: Pipeline, services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As infra/create_users.py makes its user: not a superuser, owner of what it creates."""
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as connection:
        with suppress(psycopg.errors.DuplicateObject):
            connection.execute("CREATE USER sparkify_pipeline PASSWORD 'Least-Privilege-1'")
        connection.execute("GRANT CREATE ON DATABASE dev TO sparkify_pipeline")
        connection.execute("GRANT CREATE ON SCHEMA public TO sparkify_pipeline")
    Run(load_dag("sparkify_create_tables"), None, None, {"drop_existing": True}).run_task("drop_tables")
    given = services.connections()["STAGE_REDSHIFT"] | {"login": "sparkify_pipeline", "password": "Least-Privilege-1"}
    monkeypatch.setenv("AIRFLOW_CONN_STAGE_REDSHIFT", json.dumps(given))
    assert create_tables()["readers"] is True
    pipeline.put_hour(0, [event(Random(3), 1)])
    pipeline.put_song(song(Random(3), 1))
    pipeline.run_hour(0)
    pipeline.assert_is_expected()
    found = {finding.name: finding.status for finding in Doctor(load_settings()).examine()}
    assert found == dict.fromkeys(found, "ok")
    for task_id in ("drop_staging_schemas", "expire_history", "expire_quarantine", "vacuum_tables"):
        maintain(task_id)
    Run(load_dag("sparkify_create_tables"), None, None, {"drop_existing": True}).run_task("drop_tables")
