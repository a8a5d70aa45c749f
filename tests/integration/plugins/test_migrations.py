"""The way from a warehouse of version 1 to the present tables, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import FakeTaskInstance, Run, load_dag
from sparkify.hooks.sql_files import SqlFiles
from sparkify.hooks.warehouse import WarehouseHook, WarehouseSession
from sparkify.ledger.migrations import SCHEMA_VERSION, Migrations, SchemaVersionError, check_version
from sparkify.monitoring.doctor import Doctor
from sparkify.settings import load_settings

pytestmark = pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)

HERE = Path(__file__).parent / "earlier"
SQL = Path(__file__).parents[3] / "sql"
VERSION = SqlFiles(SQL).text("stage/schema_version.sql")
MIGRATIONS = Migrations(SqlFiles(SQL)).read()
SCHEMAS = ("public", "etl", "staging_template")
DEFINITIONS = """SELECT schemaname, tablename, "column", type, encoding, distkey, sortkey, "notnull" FROM pg_table_def
WHERE schemaname IN ('public', 'etl', 'staging_template') ORDER BY 1, 2, 3"""


def session() -> Any:
    return WarehouseHook("stage_redshift").session(search_path=SCHEMAS)


def run_script(path: Path) -> None:
    with session() as opened:
        opened.run_script(path.read_text(encoding="utf-8"))


def drop_tables() -> None:
    Run(load_dag("sparkify_create_tables"), None, None, {"drop_existing": True}).run_task("drop_tables")


def create_tables() -> dict[str, Any]:
    return Run(load_dag("sparkify_create_tables"), None, None).run_task("create_tables")


def make_version_1() -> None:
    drop_tables()
    run_script(HERE / "version_1.sql")
    run_script(HERE / "version_1_rows.sql")


def definitions() -> list[tuple[Any, ...]]:
    with session() as opened:
        return opened.rows(DEFINITIONS)


def contents() -> dict[str, list[Any]]:
    """The rows that migrations touch, without the times at which they did."""
    queries = {
        "ledger": "SELECT target_table, source_partition, as_of, play_days FROM etl.load_ledger",
        "history": "SELECT target_table, source_partition, as_of, play_days FROM etl.load_history",
        "deliveries": "SELECT songplay_id, source_partition, content_hash, is_shown FROM etl.play_deliveries",
        "latest": "SELECT user_id, source_partition, seen_ts FROM etl.latest_observations",
        "songs": "SELECT * FROM etl.song_deliveries",
        "objects": "SELECT target_table, object_uri, etag, source_lines, as_of IS NULL FROM etl.source_objects",
        "listings": "SELECT target_table, folder_uri, object_count, fingerprint FROM etl.folder_listings",
        "staging schemas": "SELECT schema_name, first_seen FROM etl.staging_schemas",
    }
    with session() as opened:
        return {name: sorted(opened.rows(sql), key=str) for name, sql in queries.items()}


@pytest.fixture
def fresh(conn_id: str, services: Any) -> Iterator[list[tuple[Any, ...]]]:
    """The definitions of tables that are made now; such tables are there again after the test."""
    drop_tables()
    create_tables()
    yield definitions()
    drop_tables()
    create_tables()


def test_a_warehouse_of_version_1_becomes_what_is_made_now_and_stays_it(fresh: list[tuple[Any, ...]]) -> None:
    make_version_1()
    assert create_tables()["migrated"] == [str(migration) for migration in MIGRATIONS[1:]]
    assert definitions() == fresh
    found = {finding.name: finding.status for finding in Doctor(load_settings()).examine()}
    assert found["tables"] == found["migrations"] == "ok"
    before = contents()
    assert create_tables()["migrated"] == []
    assert (definitions(), contents()) == (fresh, before)


def test_what_was_loaded_is_kept(fresh: list[tuple[Any, ...]]) -> None:
    make_version_1()
    create_tables()
    found = contents()
    first, second, third, songs = (
        datetime(2018, 11, 5, hour, 0, second) for hour, second in ((1, 10), (2, 10), (3, 10), (1, 5))
    )
    assert found["ledger"] == [
        ("songplays", "2018-11-05T00", first, "2018-11-04,2018-11-05"),
        ("songplays", "2018-11-05T01", second, "2018-11-05"),
        ("songplays", "2018-11-05T02", third, None),
        ("songs", "", songs, None),
    ]
    assert [row[2] for row in found["history"]] == [first, second, third, songs]
    with session() as opened:
        length = opened.one("SELECT FNV_HASH(CAST(215.5 AS DOUBLE PRECISION))")[0]
        one = opened.one("SELECT FNV_HASH(CAST(1 AS DOUBLE PRECISION))")[0]
    assert found["deliveries"] == [
        ("a".ljust(32), "2018-11-05T00", digest("4:paid|NULL|7:Mozilla|4:Song|4:Band|NULL"), True),
        ("b".ljust(32), "2018-11-05T00", digest(f"4:free|4:Oslo|NULL|4:a|=b|1:c|{length}"), True),
        ("c".ljust(32), "2018-11-05T01", digest(f"NULL|4:Oslo|7:Mozilla|NULL|NULL|{one}"), True),
    ]
    of_file = (digest("migrated"), "migrated")
    assert [row[:4] for row in found["songs"]] == [(*of_file, "S1", "Song"), (*of_file, "S2", "Other")]
    assert found["songs"][0][-3:] == (digest("2|4:Song|2:A1|4:Band|NULL|2001|NULL|NULL|NULL"), 1, True)
    assert found["objects"] == [
        ("songplays", "s3://b/00.json", "e", 2, False),
        ("songs", "migrated", "migrated", 2, False),
    ]
    assert found["listings"] == [("other", "s3://c/", 2, "g")]
    assert found["staging schemas"] == [("run_0123456789abcdef0123", datetime(2018, 11, 5, 3, 15))]


def digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_an_empty_warehouse_of_version_1_has_no_migrated_file(fresh: list[tuple[Any, ...]]) -> None:
    drop_tables()
    run_script(HERE / "version_1.sql")
    assert create_tables()["migrated"] == [str(migration) for migration in MIGRATIONS[1:]]
    assert definitions() == fresh
    assert contents()["objects"] == contents()["songs"] == []


@contextmanager
def dying_at(number: int) -> Iterator[None]:
    """Cut the warehouse off before the statement of this number, counted from 1, that runs in the block."""
    left = number
    run = WarehouseSession.run

    def die(self: WarehouseSession, sql: str, *args: Any, **kwargs: Any) -> int:
        nonlocal left
        left -= 1
        if left == 0:
            raise ConnectionError("cut off")
        return run(self, sql, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WarehouseSession, "run", die)
        yield


#: Statements of all migrations, each of which ends with the row that notes it.
STATEMENTS = sum(len(migration.statements) + 1 for migration in MIGRATIONS[1:])


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(range(1, STATEMENTS + 1, 5), id="every fifth"),
        pytest.param(range(1, STATEMENTS + 1), id="every", marks=pytest.mark.exhaustive),
    ],
)
def test_a_migration_cut_off_at_any_statement_is_finished_by_the_next_run(
    fresh: list[tuple[Any, ...]], numbers: range
) -> None:
    make_version_1()
    create_tables()
    whole = contents()
    for number in numbers:
        start_again()
        with dying_at(number), pytest.raises(ConnectionError, match="cut off"):
            migrate()
        migrate()
        assert (number, definitions(), contents()) == (number, fresh, whole)


def test_no_migration_runs_more_statements_than_are_cut_off(fresh: list[tuple[Any, ...]]) -> None:
    start_again()
    with dying_at(STATEMENTS + 1):
        migrate()
    assert definitions() == fresh


def start_again() -> None:
    """Make a warehouse of version 1, and what sparkify_create_tables makes before it migrates."""
    tables = SQL / "tables"
    before = ["schemas", "staging", "staging_control", "staging_run", "star", "etl_sources", "etl_ledger", "etl_upkeep"]
    with session() as opened:
        for path in (tables / "drop.sql", HERE / "version_1.sql", HERE / "version_1_rows.sql"):
            opened.run_script(path.read_text(encoding="utf-8"))
        for name in before:
            opened.run_script((tables / f"{name}.sql").read_text(encoding="utf-8"))


def migrate() -> None:
    with session() as opened:
        migrations = Migrations(SqlFiles(SQL))
        for migration in migrations.pending(opened):
            migrations.apply(opened, migration)


def test_nothing_is_migrated_while_a_run_loads(fresh: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeTaskInstance, "get_dr_count", lambda *args, **kwargs: 2)
    create_tables()  # there is nothing to migrate, so it does not matter
    make_version_1()
    with pytest.raises(AirflowFailException, match=r"0002_date_the_ledger.*2 run\(s\) of sparkify_hourly are running"):
        create_tables()
    with session() as opened, pytest.raises(SchemaVersionError, match="of version 1, .* run the DAG sparkify_create"):
        check_version(opened, VERSION, "no_schema", "sparkify_create_tables")


def test_the_way_back_gives_the_tables_of_version_1_and_leads_here_again(fresh: list[tuple[Any, ...]]) -> None:
    make_version_1()
    create_tables()
    with session() as opened:
        old = opened.rows("SELECT * FROM etl.latest_observations WHERE FALSE")
        assert old == []
    run_script(SQL / "upkeep" / "back_to_version_1.sql")
    run_script(HERE / "version_1.sql")  # as sparkify_create_tables of version 1 does
    back = {row[:4] + row[5:] for row in definitions()}
    with session() as opened:
        assert opened.rows("SELECT user_id, first_name, level FROM etl.latest_observations ORDER BY 1") == [
            (1, "Thea", "paid"),
            (2, "Ola", "free"),
        ]
        assert opened.rows("SELECT song_id, title FROM etl.song_catalogue ORDER BY 1") == [
            ("S1", "Song"),
            ("S2", "Other"),
        ]
        assert opened.rows("SELECT folder_uri FROM etl.source_scans") == [("s3://c/",)]
        assert opened.rows("SELECT schema_name FROM etl.left_schemas") == [("run_0123456789abcdef0123",)]
        assert opened.rows("SELECT MAX(number) FROM etl.migrations") == [(1,)]
    drop_tables()
    run_script(HERE / "version_1.sql")
    assert {row[:4] + row[5:] for row in definitions()} <= back
    make_version_1()
    create_tables()
    run_script(SQL / "upkeep" / "back_to_version_1.sql")
    assert create_tables()["migrated"] == [
        str(migration) for migration in MIGRATIONS[1:] if migration.number not in (4, 7)
    ]
    assert definitions() == fresh


def test_a_version_other_than_the_codes_is_refused_in_both_directions(fresh: list[tuple[Any, ...]]) -> None:
    with session() as opened:
        check_version(opened, VERSION, "no_schema", "sparkify_create_tables")
        opened.run(f"DELETE FROM etl.migrations WHERE number = {SCHEMA_VERSION}")
        with pytest.raises(SchemaVersionError, match="run the DAG sparkify_create_tables while nothing loads"):
            check_version(opened, VERSION, "no_schema", "sparkify_create_tables")
        opened.run(
            "INSERT INTO etl.migrations (number, name, applied_at) VALUES (%s, 'later', GETDATE())",
            (SCHEMA_VERSION + 1,),
        )
        with pytest.raises(SchemaVersionError, match=f"version {SCHEMA_VERSION + 1}, .*: deploy the code"):
            check_version(opened, VERSION, "no_schema", "sparkify_create_tables")
        opened.run("DROP TABLE etl.migrations")
        with pytest.raises(SchemaVersionError, match="no table etl.migrations: run the DAG sparkify_create_tables"):
            check_version(opened, VERSION, "no_schema", "sparkify_create_tables")
