"""What drivers and tools ask of the catalog on their own account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
import redshift_connector

from local.redshift.process import RedshiftProcess


@pytest.fixture
def cursor(redshift: RedshiftProcess, db: psycopg.Connection[Any]) -> Iterator[redshift_connector.Cursor]:
    db.execute("CREATE TABLE t (id INT NOT NULL, name VARCHAR(20) DEFAULT 'x', d DECIMAL(10, 2), at TIMESTAMP)")
    at = redshift.connection()
    connection = redshift_connector.connect(
        host=at["host"],
        port=int(at["port"]),
        database=at["dbname"],
        user=at["user"],
        password=at["password"],
        ssl=False,
    )
    with closing(connection):
        connection.autocommit = True
        yield connection.cursor()


def test_redshift_connector_lists_columns(cursor: redshift_connector.Cursor, schema: str) -> None:
    columns = [(row[3], row[5], row[6]) for row in cursor.get_columns(schema_pattern=schema)]
    assert columns == [("id", "int4", 10), ("name", "varchar", 20), ("d", "numeric", 10), ("at", "timestamp", 29)]


def test_redshift_connector_lists_tables(cursor: redshift_connector.Cursor, schema: str) -> None:
    assert [(row[2], row[3]) for row in cursor.get_tables(schema_pattern=schema)][:1] == [("t", "TABLE")]


def test_redshift_connector_lists_schemas_and_catalogs(cursor: redshift_connector.Cursor, schema: str) -> None:
    assert schema in [row[0] for row in cursor.get_schemas()]
    assert [row[0] for row in cursor.get_catalogs()] == ["dev"]


def test_redshift_connector_lists_functions_and_keys(cursor: redshift_connector.Cursor, schema: str) -> None:
    assert len(cursor.get_procedures(procedure_name_pattern="getdate")) == 1
    assert len(cursor.get_primary_keys(schema=schema, table="t")) == 0
