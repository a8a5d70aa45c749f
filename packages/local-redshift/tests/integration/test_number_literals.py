"""Literals that PostgreSQL takes for numbers and Redshift does not.

https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_literals201.html
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

Db = psycopg.Connection[Any]


@pytest.fixture
def numbers(db: Db) -> Db:
    db.execute("CREATE TABLE numbers (i INT, d DECIMAL(5, 2), f FLOAT, s VARCHAR(9))")
    db.execute("INSERT INTO numbers VALUES (31, 1, 1, '0x1F')")
    return db


@pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT s FROM numbers WHERE i = '0x1F'",
        "SELECT i IN (1, ' 0b11 ') FROM numbers",
        "DELETE FROM numbers WHERE d > '1_000'",
        "INSERT INTO numbers (i) VALUES (1), ('0o17')",
        "INSERT INTO numbers (d) VALUES ('NaN')",
        "INSERT INTO numbers (s, d) SELECT s, 'infinity' FROM numbers",
        "UPDATE numbers SET d = ' nan'",
        "SELECT s FROM numbers WHERE d < '-Infinity'",
        "SELECT s FROM numbers WHERE f = '0x1F'",
    ],
)
def test_a_literal_that_is_no_number_of_its_type_is_an_error(numbers: Db, statement: str, prepare: bool) -> None:
    with (
        pytest.raises(psycopg.errors.InvalidTextRepresentation, match="invalid input syntax for "),
        numbers.transaction(),
    ):
        numbers.execute(statement.encode(), prepare=prepare)
    assert numbers.execute("SELECT COUNT(*) FROM numbers WHERE d = 1 AND i = '31'").fetchall() == [(1,)]


def test_the_same_texts_are_texts_and_floating_point_numbers(numbers: Db) -> None:
    numbers.execute("UPDATE numbers SET f = 'NaN', s = 'NaN' WHERE s = '0x1F'")
    found = numbers.execute("SELECT s, s || '1_000', f::VARCHAR FROM numbers WHERE s = 'NaN' AND f = 'nan'").fetchall()
    assert found == [("NaN", "NaN1_000", "NaN")]


def test_an_error_of_a_literal_fails_the_transaction(numbers: Db) -> None:
    numbers.execute("BEGIN")
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        numbers.execute("SELECT s FROM numbers WHERE i = '0x1F'")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        numbers.execute("SELECT 1")
    numbers.execute("ROLLBACK")
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        numbers.execute("INSERT INTO numbers VALUES (2, 2, 2, 'b'); UPDATE numbers SET d = 'NaN'")
    assert numbers.execute("SELECT COUNT(*) FROM numbers").fetchall() == [(1,)]
