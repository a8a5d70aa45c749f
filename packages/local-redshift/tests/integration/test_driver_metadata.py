"""The metadata calls of redshift_connector, which asks by SHOW, and SHOW itself.

https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
import redshift_connector

from local_redshift import RedshiftServer
from support.clients import redshift_connection

Cursor = redshift_connector.Cursor


@pytest.fixture
def cursor(redshift: RedshiftServer, db: psycopg.Connection[Any], schema: str) -> Iterator[Cursor]:
    db.execute("CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(10))")
    db.execute(
        "CREATE TABLE t (id INT DEFAULT 5 NOT NULL ENCODE az64, name VARCHAR(20), d DECIMAL(10, 2), at TIMESTAMP,"
        " n INT IDENTITY(1, 2), FOREIGN KEY (id) REFERENCES parent) DISTKEY (id) SORTKEY (at, id)"
    )
    db.execute("CREATE VIEW v AS SELECT id FROM parent")
    db.execute("CREATE FUNCTION f(int, varchar) RETURNS int STABLE AS $$ SELECT $1 $$ LANGUAGE sql")
    db.execute("CREATE PROCEDURE pr(a int) AS $$ BEGIN END $$ LANGUAGE plpgsql")
    with closing(redshift_connection(redshift)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SET search_path TO {schema}")
        yield cursor


def test_it_is_told_that_it_may_ask_by_show(cursor: Cursor) -> None:
    assert cursor.get_show_discovery_version() == 5


def test_catalogs_schemas_tables(cursor: Cursor, schema: str) -> None:
    assert [row[0] for row in cursor.get_catalogs()] == ["dev"]
    assert schema in [row[0] for row in cursor.get_schemas()]
    tables = [(row[2], row[3]) for row in cursor.get_tables(schema_pattern=schema)]
    assert tables == [("parent", "TABLE"), ("t", "TABLE"), ("v", "VIEW")]
    assert [row[2] for row in cursor.get_tables(schema_pattern=schema, types=["VIEW"])] == ["v"]


def test_columns(cursor: Cursor, schema: str) -> None:
    rows = cursor.get_columns(schema_pattern=schema, tablename_pattern="t")
    assert [(row[3], row[5], row[6]) for row in rows] == [
        ("id", "int4", 10),
        ("name", "varchar", 20),
        ("d", "numeric", 10),
        ("at", "timestamp", 29),
        ("n", "int4", 10),
    ]


def test_keys(cursor: Cursor, schema: str) -> None:
    assert [(row[3], row[5]) for row in cursor.get_primary_keys(schema=schema, table="parent")] == [
        ("id", "parent_pkey")
    ]
    imported = cursor.get_imported_keys(schema=schema, table="t")
    assert [(row[2], row[3], row[6], row[7], row[11]) for row in imported] == [("parent", "id", "t", "id", "t_id_fkey")]
    assert cursor.get_exported_keys(schema=schema, table="parent") == imported
    assert len(cursor.get_best_row_identifier(schema=schema, table="parent", scope=1, nullable=True)) == 1


def test_privileges(cursor: Cursor, schema: str) -> None:
    cursor.execute("GRANT SELECT ON parent TO PUBLIC")
    cursor.execute("GRANT UPDATE (code) ON parent TO PUBLIC")
    tables = cursor.get_table_privileges(schema_pattern=schema, table_name_pattern="parent")
    assert [row[5] for row in tables if row[4] == "public"] == ["SELECT"]
    columns = cursor.get_column_privileges(schema=schema, table="parent")
    assert [(row[3], row[5], row[6]) for row in columns] == [("code", "public", "UPDATE")]


def test_functions_and_procedures(cursor: Cursor, schema: str) -> None:
    functions = cursor.get_functions(schema_pattern=schema, function_name_pattern="%")
    assert [row[2] for row in functions] == ["f"]
    columns = cursor.get_function_columns(schema_pattern=schema, function_name_pattern="f")
    assert [(row[6], row[14]) for row in columns] == [("int4", 0), ("int4", 1), ("varchar", 2)]
    procedures = cursor.get_procedures(schema_pattern=schema, procedure_name_pattern="p%")
    assert [row[2] for row in procedures] == ["pr"]
    assert len(cursor.get_functions(schema_pattern="pg_catalog", function_name_pattern="getdate")) == 1


def test_show_table_is_a_statement_that_makes_it_again(cursor: Cursor, schema: str) -> None:
    cursor.execute("SHOW TABLE t")
    ((shown,),) = cursor.fetchall()
    assert shown == (
        f"CREATE TABLE {schema}.t (\n"
        "    id integer NOT NULL DEFAULT 5 ENCODE az64 distkey,\n"
        "    name character varying(20) ENCODE lzo,\n"
        "    d numeric(10,2) ENCODE az64,\n"
        "    at timestamp without time zone ENCODE RAW,\n"
        "    n integer NOT NULL identity(1, 2) ENCODE az64,\n"
        "    FOREIGN KEY (id) REFERENCES parent(id)\n"
        ")\nDISTSTYLE KEY\nSORTKEY ( at, id );"
    )
    cursor.execute("DROP TABLE t")
    cursor.execute(shown)
    cursor.execute("SHOW TABLE t")
    assert cursor.fetchall() == ([shown],)


def test_show_columns_has_the_documented_columns(cursor: Cursor, schema: str) -> None:
    cursor.execute(f"SHOW COLUMNS FROM TABLE {schema}.t LIKE 'id'")
    names = [column[0] for column in cursor.description]
    row = dict(zip(names, cursor.fetchall()[0], strict=True))
    shown = {name: row[name] for name in ("data_type", "sort_key_type", "sort_key", "dist_key", "encoding")}
    assert shown == {
        "data_type": "integer",
        "sort_key_type": "COMPOUND",
        "sort_key": 2,
        "dist_key": 1,
        "encoding": "az64",
    }
