"""A data folder of an older version is used on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from local_redshift import Settings
from local_redshift.server.warehouse import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse that runs and can be started again on its folder."""
    warehouse = Warehouse(Settings(folder=tmp_path / "redshift"))
    warehouse.start()
    try:
        yield warehouse
    finally:
        warehouse.stop()


def make_older(warehouse: Warehouse, *statements: LiteralString) -> None:
    """Make the warehouse look as if an older version had made it: without this version's mark, and otherwise so."""
    with psycopg.connect(warehouse.dsn, autocommit=True) as connection:
        connection.execute("COMMENT ON SCHEMA redshift_catalog IS 'older'")
        connection.execute("SET allow_system_table_mods = on")
        for statement in statements:
            connection.execute(statement)


def start_again(warehouse: Warehouse) -> None:
    """Stop the warehouse, and start it on the same folder."""
    warehouse.stop()
    warehouse.start()


def test_system_views_with_other_columns_are_created_again_and_data_stays(warehouse: Warehouse) -> None:
    make_older(
        warehouse,
        "CREATE TABLE kept AS SELECT 1 AS a",
        "DROP VIEW svv_tables",
        "CREATE VIEW pg_catalog.svv_tables AS SELECT 1 AS other",
    )
    start_again(warehouse)
    with psycopg.connect(warehouse.dsn) as connection:
        query = "SELECT table_name, (SELECT a FROM kept) FROM svv_tables WHERE table_name = 'kept'"
        assert connection.execute(query).fetchall() == [("kept", 1)]


def test_views_that_read_load_errors_stay_when_a_table_behind_them_has_another_name(warehouse: Warehouse) -> None:
    make_older(
        warehouse,
        "ALTER TABLE redshift_catalog.recorded_load_errors RENAME TO noted_load_errors",
        "ALTER TABLE redshift_catalog.noted_load_errors RENAME COLUMN recorded_in TO noted_in",
        "ALTER FUNCTION redshift_catalog.record_load_errors RENAME TO note_load_errors",
        "CREATE VIEW public.my_errors AS SELECT filename, err_reason FROM stl_load_errors",
    )
    start_again(warehouse)
    with psycopg.connect(warehouse.dsn) as connection:
        assert connection.execute("SELECT count(*) FROM my_errors").fetchone() == (0,)
        left = (
            "SELECT to_regclass('redshift_catalog.noted_load_errors'), to_regproc('redshift_catalog.note_load_errors')"
        )
        assert connection.execute(left).fetchone() == (None, None)


def test_functions_that_compare_dates_are_postgresqls_own_again(warehouse: Warehouse) -> None:
    make_older(
        warehouse,
        "CREATE OR REPLACE FUNCTION pg_catalog.date_cmp(first date, last date) RETURNS integer "
        "LANGUAGE sql IMMUTABLE RETURN sign(first - last)::integer",
    )
    start_again(warehouse)
    with psycopg.connect(warehouse.dsn) as connection:
        query = "SELECT prosrc FROM pg_proc WHERE oid = 'pg_catalog.date_cmp(date, date)'::regprocedure"
        assert connection.execute(query).fetchall() == [("date_cmp",)]
