"""A data folder of an older version is used on."""

from __future__ import annotations

from pathlib import Path

import psycopg

from local_redshift import Settings
from local_redshift.server.warehouse import Warehouse


def test_system_views_with_other_columns_are_created_again_and_data_stays(tmp_path: Path) -> None:
    warehouse = Warehouse(Settings(folder=tmp_path / "redshift"))
    warehouse.start()
    try:
        with psycopg.connect(warehouse.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS a")
            connection.execute("COMMENT ON SCHEMA redshift_catalog IS 'older'")
            connection.execute("SET allow_system_table_mods = on")
            connection.execute("DROP VIEW svv_tables")
            connection.execute("CREATE VIEW pg_catalog.svv_tables AS SELECT 1 AS other")
        warehouse.stop()
        warehouse.start()
        with psycopg.connect(warehouse.dsn) as connection:
            query = "SELECT table_name, (SELECT a FROM kept) FROM svv_tables WHERE table_name = 'kept'"
            assert connection.execute(query).fetchall() == [("kept", 1)]
    finally:
        warehouse.stop()
