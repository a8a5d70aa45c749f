"""What each driver can do besides sending a statement: pipelines, cursors, batches, data frames."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, LiteralString

import asyncpg
import pandas as pd
import psycopg
import psycopg2.extras
import pytest
import redshift_connector
import sqlalchemy as sa

from local_redshift import RedshiftServer
from support.clients import redshift_connection


@pytest.fixture
def driver(redshift: RedshiftServer, schema: str) -> Iterator[redshift_connector.Cursor]:
    with closing(redshift_connection(redshift)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SET search_path TO {schema}")
        cursor.execute("CREATE TABLE t (a INT, b VARCHAR(20), d DECIMAL(8, 2), at TIMESTAMP)")
        yield cursor


@pytest.fixture
def engine(redshift: RedshiftServer) -> Iterator[sa.Engine]:
    given = redshift.connection()
    address = (given["user"], given["password"], given["host"], int(given["port"]), given["dbname"])
    engine = sa.create_engine(sa.URL.create("postgresql+psycopg2", *address))
    yield engine
    engine.dispose()


@pytest.mark.skipif(not psycopg.capabilities.has_pipeline(), reason="libpq is older than 14")
def test_psycopg_pipelines_statements_rewritten_ones_and_errors(db: psycopg.Connection[Any]) -> None:
    db.execute("CREATE TABLE piped (a INT)")
    with db.pipeline() as pipeline:
        cursors = [db.execute("SELECT DATEADD(day, %s, '2018-11-01'::date)", (day,)) for day in range(50)]
        db.execute("INSERT INTO piped VALUES (1)")
        pipeline.sync()
        assert cursors[49].fetchone() == (datetime.datetime(2018, 12, 20),)
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        _pipeline(db, ["SELECT 1", "SELECT DISTINCT ON (a) a FROM piped", "DELETE FROM piped"])
    assert db.execute("SELECT COUNT(*) FROM piped").fetchone() == (1,)


def _pipeline(db: psycopg.Connection[Any], statements: list[LiteralString]) -> None:
    with db.pipeline():
        for statement in statements:
            db.execute(statement)


def test_psycopg2_has_batches_and_server_side_cursors(redshift: RedshiftServer, schema: str) -> None:
    with closing(psycopg2.connect(**redshift.connection())) as connection, connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE TABLE {schema}.t (a INT, b VARCHAR(10))")
        rows = [(number, "x") for number in range(250)]
        psycopg2.extras.execute_values(cursor, f"INSERT INTO {schema}.t VALUES %s", rows)
        with connection.cursor("named") as named:
            named.itersize = 100
            named.execute(f"SELECT a FROM {schema}.t ORDER BY a")
            assert [row[0] for row in named] == list(range(250))


def test_redshift_connector_writes_and_reads_many_rows(driver: redshift_connector.Cursor, tmp_path: Path) -> None:
    driver.executemany("INSERT INTO t (a, b) VALUES (%s, %s)", [(1, "one"), (2, None)])
    driver.write_dataframe(pd.DataFrame({"a": [3], "b": ["three"], "d": [Decimal("1.50")], "at": [None]}), "t")
    (tmp_path / "rows.csv").write_text("a,b\n4,four\n5,five\n")
    driver.insert_data_bulk(str(tmp_path / "rows.csv"), "t", [0, 1], ["a", "b"], ",", batch_size=1)
    driver.execute("SELECT a, b, d FROM t ORDER BY a")
    found = driver.fetch_dataframe()
    assert list(found["a"]) == [1, 2, 3, 4, 5]
    assert list(found["b"].fillna("NULL")) == ["one", "NULL", "three", "four", "five"]
    driver.execute("SELECT a FROM t WHERE a < 3 ORDER BY a")
    assert driver.fetch_numpy_array().tolist() == [[1], [2]]


def test_redshift_connector_fetches_from_a_cursor(driver: redshift_connector.Cursor) -> None:
    driver.executemany("INSERT INTO t (a) VALUES (%s)", [(1,), (2,), (3,)])
    driver.execute("BEGIN")
    driver.execute("DECLARE c CURSOR FOR SELECT a FROM t ORDER BY a")
    driver.execute("FETCH 2 FROM c")
    assert driver.fetchall() == ([1], [2])
    driver.execute("FETCH FORWARD ALL FROM c")
    assert driver.fetchall() == ([3],)
    driver.execute("COMMIT")


@pytest.mark.parametrize(
    ("style", "sql", "values"),
    [
        ("qmark", "SELECT ?::int, ?::varchar", (1, "z")),
        ("numeric", "SELECT :1::int, :2::varchar", (1, "z")),
        ("named", "SELECT :a::int, :b::varchar", {"a": 1, "b": "z"}),
        ("format", "SELECT %s::int, %s::varchar", (1, "z")),
        ("pyformat", "SELECT %(a)s::int, %(b)s::varchar", {"a": 1, "b": "z"}),
    ],
)
def test_redshift_connector_takes_parameters_in_all_styles(
    driver: redshift_connector.Cursor, style: str, sql: str, values: Any
) -> None:
    driver.paramstyle = style
    driver.execute(sql, values)
    assert driver.fetchall() == ([1, "z"],)


@pytest.mark.parametrize("version", [0, 1, 2], ids=["text", "extended", "binary"])
def test_redshift_connector_reads_types_in_every_protocol(redshift: RedshiftServer, version: int) -> None:
    values = [
        ("INT2", 1),
        ("BIGINT", 2**40),
        ("DECIMAL(10, 3)", Decimal("1.500")),
        ("FLOAT8", 2.5),
        ("BOOL", True),
        ("DATE", datetime.date(2018, 11, 1)),
        ("TIMESTAMP", datetime.datetime(2018, 11, 1, 21, 1, 46, 796000)),
        ("TIMESTAMPTZ", datetime.datetime(2018, 11, 1, 21, 1, 46, tzinfo=datetime.UTC)),
        ("TIME", datetime.time(21, 1, 46)),
        ("CHAR(5)", "ab   "),
        ("VARCHAR(10)", "é"),
    ]
    with closing(redshift_connection(redshift, client_protocol_version=version)) as connection:
        cursor = connection.cursor()
        columns = ", ".join(f"c{number} {kind}" for number, (kind, _) in enumerate(values))
        cursor.execute(f"CREATE TEMP TABLE kinds ({columns})")
        cursor.execute(f"INSERT INTO kinds VALUES ({', '.join(['%s'] * len(values))})", [value for _, value in values])
        cursor.execute("SELECT * FROM kinds")
        assert cursor.fetchall() == ([value for _, value in values],)


async def test_asyncpg_prepares_streams_and_rolls_back(redshift: RedshiftServer, schema: str) -> None:
    given = redshift.connection()
    address = {name: given[name] for name in ("host", "port", "user", "password")}
    connection = await asyncpg.connect(**address, database=given["dbname"], ssl="require")
    try:
        await connection.execute(f"CREATE TABLE {schema}.t (a INT, at TIMESTAMP)")
        await connection.executemany(
            f"INSERT INTO {schema}.t VALUES ($1, $2)", [(n, datetime.datetime(2018, 11, 1)) for n in range(100)]
        )
        query = f"SELECT a FROM {schema}.t WHERE DATE_TRUNC('month', at) = $1 ORDER BY a"
        prepared = await connection.prepare(query)
        assert len(await prepared.fetch(datetime.datetime(2018, 11, 1))) == 100
        async with connection.transaction():
            portal = connection.cursor(query, datetime.datetime(2018, 11, 1), prefetch=10)
            assert [row["a"] async for row in portal] == list(range(100))
        undone = connection.transaction()
        await undone.start()
        await connection.execute(f"DELETE FROM {schema}.t")
        await undone.rollback()
        assert await connection.fetchval(f"SELECT COUNT(*) FROM {schema}.t") == 100
    finally:
        await connection.close()


def test_sqlalchemys_postgresql_dialect_reflects_tables_keys_and_views(
    engine: sa.Engine, db: psycopg.Connection[Any], schema: str
) -> None:
    db.execute("CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(10) UNIQUE)")
    db.execute("CREATE TABLE child (a INT NOT NULL, p INT REFERENCES parent, d DECIMAL(10, 2)) SORTKEY (a)")
    db.execute("CREATE VIEW v AS SELECT id FROM parent")
    metadata = sa.MetaData(schema=schema)
    metadata.reflect(engine, views=True)
    tables = {name.removeprefix(f"{schema}."): table for name, table in metadata.tables.items()}
    assert {name: [column.name for column in table.columns] for name, table in tables.items()} == {
        "parent": ["id", "code"],
        "child": ["a", "p", "d"],
        "v": ["id"],
    }
    assert [key.target_fullname for key in tables["child"].foreign_keys] == [f"{schema}.parent.id"]
    assert [column.name for column in tables["parent"].primary_key] == ["id"]
    inspector = sa.inspect(engine)
    assert [key["column_names"] for key in inspector.get_unique_constraints("parent", schema)] == [["code"]]
    assert inspector.get_indexes("child", schema) == []


def test_pandas_writes_and_reads_tables(engine: sa.Engine, schema: str) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "at": pd.to_datetime(["2018-11-01", "2018-11-02"])})
    frame.to_sql("frame", engine, schema=schema, index=False, dtype={"b": sa.String(20)})
    frame.to_sql("frame", engine, schema=schema, index=False, if_exists="append", method="multi")
    found = pd.read_sql(f"SELECT a, b, at FROM {schema}.frame ORDER BY a", engine)
    assert list(found["a"]) == [1, 1, 2, 2]
    assert list(found["at"].dt.day) == [1, 1, 2, 2]
    assert len(pd.read_sql_table("frame", engine, schema=schema)) == 4
