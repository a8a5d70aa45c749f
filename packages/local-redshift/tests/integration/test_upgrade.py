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


def test_late_binding_views_of_an_older_version_are_read_on(warehouse: Warehouse) -> None:
    make_older(
        warehouse,
        "DROP VIEW IF EXISTS redshift_catalog.late_binding_views",
        "CREATE TABLE redshift_catalog.late_binding_views (view_id oid PRIMARY KEY, definition text NOT NULL, "
        "columns text NOT NULL, search_path text NOT NULL, reads oid[], looked text)",
        "CREATE TABLE public.plays AS SELECT 1 AS a, 2 AS b",
        "CREATE VIEW public.late (x) AS SELECT a FROM public.plays",
        "GRANT SELECT ON public.late TO PUBLIC",
        "INSERT INTO redshift_catalog.late_binding_views "
        "VALUES ('public.late'::regclass, 'SELECT a FROM public . plays', '( x )', 'public', '{}', '')",
    )
    start_again(warehouse)
    with psycopg.connect(warehouse.dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE public.plays")
        connection.execute("CREATE TABLE public.plays AS SELECT 7 AS a")
        assert connection.execute("SELECT x FROM public.late").fetchall() == [(7,)]
        told = "SELECT columns, is_definer, reads FROM redshift_catalog.late_bindings"
        assert connection.execute(told).fetchall() == [("( x )", True, ["public.plays"])]
        assert connection.execute("SELECT has_table_privilege('public', 'late', 'select')").fetchone() == (True,)


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


def test_times_with_a_zone_are_in_utc_afterwards(warehouse: Warehouse) -> None:
    make_older(
        warehouse,
        "SET session_replication_role = replica",  # no event triggers
        "CREATE TABLE zoned AS SELECT timetz '10:00-05' AS at",
    )
    start_again(warehouse)
    with psycopg.connect(warehouse.dsn) as connection:
        connection.execute("INSERT INTO zoned VALUES ('09:00-06')")
        assert connection.execute("SELECT at::text FROM zoned").fetchall() == [("15:00:00+00",), ("15:00:00+00",)]
