"""Drivers describe computed columns with the types of Redshift: VARCHAR(n), DECIMAL(p, s).

https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import psycopg2
import pytest
import redshift_connector

from local_redshift import RedshiftServer

Db = psycopg.Connection[Any]

#: What is selected, the number of its type, and its length or precision and scale.
COLUMNS = [
    ("name", 1043, 20),
    ("UPPER(name)", 1043, 20),
    ("name || '-x'", 1043, 22),
    ("'abc'", 1043, 3),
    ("code", 1042, 3),
    ("CASE WHEN id = 1 THEN name ELSE 'none' END", 1043, 20),
    ("COALESCE(name, 'a longer name than 20')", 1043, 21),
    ("price", 1700, (8, 2)),
    ("price * 2", 1700, (19, 2)),
    ("SUM(price)", 1700, (38, 2)),
    ("MAX(price)", 1700, (8, 2)),
    ("price / id", 1700, (19, 13)),
    ("1.25", 1700, (3, 2)),
    ("id * 2", 23, None),
    ("COUNT(*)", 20, None),
    ("MIN(day)", 1082, None),
]
SQL = "SELECT {} FROM described GROUP BY id, name, code, price, day"


def modifier(size: int | tuple[int, int] | None) -> int:
    """As PostgreSQL's catalog has it."""
    if size is None:
        return -1
    return (size[0] << 16 | size[1]) + 4 if isinstance(size, tuple) else size + 4


@pytest.fixture(scope="module")
def described(redshift: RedshiftServer) -> Iterator[RedshiftServer]:
    """The server, with a table."""
    with psycopg.connect(redshift.dsn(), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE public.described (id INT, name VARCHAR(20), code CHAR(3), price DECIMAL(8, 2), day DATE)"
        )
        connection.execute("INSERT INTO public.described VALUES (1, 'x', 'y', 2.5, '2008-01-01')")
        yield redshift
        connection.execute("DROP TABLE public.described")


@pytest.mark.parametrize(("column", "oid", "size"), COLUMNS, ids=[column for column, _, _ in COLUMNS])
def test_every_way_of_asking_describes_a_column_alike(
    described: RedshiftServer, column: str, oid: int, size: int | tuple[int, int] | None
) -> None:
    sql = SQL.format(column).encode()
    with psycopg.connect(described.dsn(), autocommit=True) as connection:
        connection.execute("SET search_path TO public")
        asked: list[Callable[[], psycopg.Cursor[Any]]] = [
            lambda: connection.execute(sql, prepare=False),
            lambda: connection.execute(sql + b" ", prepare=True),
            lambda: connection.execute(sql + b" ", prepare=True),
            lambda: connection.execute(sql + b" HAVING 1 = %s", [1]),
            lambda: connection.execute(b"SELECT 1; " + sql),
            lambda: connection.execute(b"SELECT * FROM (" + sql + b") AS q"),
            lambda: connection.execute(b"WITH q AS (" + sql + b") SELECT * FROM q"),
        ]
        for ask in asked:
            cursor = ask()
            while cursor.nextset():
                pass
            result = cursor.pgresult
            assert result is not None
            assert (result.ftype(0), result.fmod(0)) == (oid, modifier(size))


def test_psycopg2_tells_length_precision_and_scale(described: RedshiftServer) -> None:
    with closing(psycopg2.connect(described.dsn())) as connection, connection.cursor() as cursor:
        cursor.execute("SET search_path TO public")
        cursor.execute("SELECT UPPER(name) AS n, price * 2 AS p, id FROM described")

        assert [column.internal_size for column in cursor.description] == [20, 19, 4]
        assert [(column.precision, column.scale) for column in cursor.description] == [
            (None, None),
            (19, 2),
            (None, None),
        ]


def test_amazons_driver_tells_the_types(described: RedshiftServer) -> None:
    address = psycopg.conninfo.conninfo_to_dict(described.dsn())
    with redshift_connector.connect(
        host=str(address["host"]),
        port=int(str(address["port"])),
        database=str(address["dbname"]),
        user=str(address["user"]),
        password=str(address["password"]),
    ) as connection:
        cursor = connection.cursor()
        cursor.execute("SET search_path TO public")
        cursor.execute("SELECT UPPER(name) AS n, price / id AS q, SUM(price) AS s FROM described GROUP BY 1, 2")

        assert [column["type_modifier"] for column in cursor.ps["row_desc"]] == [
            24,
            modifier((19, 13)),
            modifier((38, 2)),
        ]
        assert [column[1] for column in cursor.description] == [1043, 1700, 1700]
        assert [str(value) for value in cursor.fetchone()] == ["X", "2.5000000000000", "2.50"]


def test_fetched_rows_are_described_as_the_cursors_query(described: RedshiftServer) -> None:
    with psycopg.connect(described.dsn()) as connection:
        connection.execute("SET search_path TO public")
        connection.execute("DECLARE c CURSOR FOR SELECT UPPER(name), price * 2 FROM described")
        for prepare in (False, True):
            result = connection.execute("FETCH FORWARD 1 FROM c", prepare=prepare).pgresult
            assert result is not None
            assert [result.fmod(0), result.fmod(1)] == [24, modifier((19, 2))]


def test_a_look_at_the_types_is_no_query_of_the_history(described: RedshiftServer) -> None:
    with psycopg.connect(described.dsn(), autocommit=True) as connection:
        connection.execute("SET search_path TO public")
        connection.execute("SET query_group TO 'described once'")
        connection.execute("SELECT UPPER(name), price / 3 FROM described")
        seen = connection.execute(
            "SELECT TRIM(query_text) FROM sys_query_history "
            "WHERE query_label = 'described once' AND query_type = 'SELECT'"
        )

        assert seen.fetchall() == [("SELECT UPPER(name), price / 3 FROM described",)]
