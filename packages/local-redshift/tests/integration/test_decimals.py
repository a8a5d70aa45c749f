"""Decimals have the scale of their types, wherever in a statement they are computed.

https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from local_redshift import RedshiftServer
from local_redshift.documented.client import ask
from support.decimal_oracle import WIDTHS, Number, OutOfDigits, common, computed

Db = psycopg.Connection[Any]

#: An 8.25 by a 3: DECIMAL(8,2) by INTEGER has a scale of 2 + 10 + 1.
QUOTIENT = Decimal("2.7500000000000")


@st.composite
def decimals(draw: st.DrawFn) -> Number:
    precision = draw(st.integers(1, 18))
    scale = draw(st.integers(0, min(precision, 6)))
    units = draw(st.integers(-(10**precision) + 1, 10**precision - 1))
    value = Number("", units, precision, scale)
    return Number(f"'{value.text}'::DECIMAL({precision}, {scale})", units, precision, scale)


@st.composite
def integers(draw: st.DrawFn) -> Number:
    name = draw(st.sampled_from(sorted(WIDTHS)))
    value = draw(st.integers(-9999, 9999))
    return Number(f"({value})::{name}", value, WIDTHS[name], 0, name)


@st.composite
def numbers(draw: st.DrawFn, depth: int = 2) -> Number:
    """A decimal, or what is computed of decimals and integers."""
    kind = draw(st.sampled_from(("value", "computed", "chosen"))) if depth else "value"
    if kind == "value":
        return draw(decimals())
    first = draw(numbers(depth - 1))
    second = draw(st.one_of(numbers(depth - 1), integers()))
    if draw(st.booleans()):
        first, second = second, first
    if kind == "computed":
        operation = draw(st.sampled_from("+-*/"))
        assume(operation != "/" or second.units)
        assume(first.scale + second.scale < 38)
        try:
            return computed(operation, first, second)
        except OutOfDigits:
            assume(False)
    form = draw(st.sampled_from(_CHOICES))
    return common(form.format(first=first.sql, second=second.sql), first, [first, second])


_CHOICES = (
    "CASE WHEN 1 = 1 THEN {first} ELSE {second} END",
    "COALESCE({first}, {second})",
    "NVL({first}, {second})",
    "DECODE(1, 2, {second}, 1, {first})",
    "(SELECT {first} UNION ALL SELECT {second} WHERE 1 = 0)",
)


@settings(max_examples=150)
@given(number=numbers())
def test_any_computation_gives_the_value_and_the_type_of_the_pages_rules(
    redshift_server: RedshiftServer, number: Number
) -> None:
    answer = ask(_connection(redshift_server), f"SELECT {number.sql}")

    assert answer.error is None
    assert answer.rows == ((number.text,),)
    assert answer.types == (number.type,)


@settings(max_examples=40)
@given(first=numbers(depth=1), second=numbers(depth=1), operation=st.sampled_from("+-*/"))
def test_a_computation_of_columns_gives_what_that_of_values_gives(
    redshift_server: RedshiftServer, first: Number, second: Number, operation: str
) -> None:
    assume(operation != "/" or second.units)
    assume(first.scale + second.scale < 38)
    try:
        expected = computed(operation, first, second)
    except OutOfDigits:
        assume(False)
    db = _connection(redshift_server)
    for statement in (
        "DROP TABLE IF EXISTS operands",
        f"CREATE TEMP TABLE operands AS SELECT {first.sql} AS a, {second.sql} AS b",
    ):
        assert ask(db, statement).error is None
    answer = ask(db, f"SELECT a {operation} b FROM operands")

    assert (answer.rows, answer.types) == (((expected.text,),), (expected.type,))


_connections: dict[str, Db] = {}


def _connection(server: RedshiftServer) -> Db:
    """One connection for all examples."""
    if server.dsn() not in _connections:
        _connections[server.dsn()] = psycopg.connect(server.dsn(), autocommit=True, prepare_threshold=None)
    return _connections[server.dsn()]


@pytest.fixture
def amounts(db: Db) -> Db:
    """A session with a table of decimals."""
    db.execute("CREATE TABLE amounts (id INT, price DECIMAL(8, 2), fee DECIMAL(7, 3), sold INT)")
    db.execute("INSERT INTO amounts VALUES (1, 8.25, 1.125, 3)")
    return db


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT price / sold FROM amounts",
        "SELECT price/sold ratio FROM amounts WHERE price / sold > 1",
        "SELECT ratio FROM (SELECT price / sold AS ratio FROM amounts) AS a",
        "WITH a AS (SELECT price / sold AS ratio FROM amounts) SELECT ratio FROM a",
        "SELECT (SELECT price / sold FROM amounts)",
        "SELECT (SELECT a.price / b.sold FROM amounts AS b) FROM amounts AS a",
        "SELECT price / sold, COUNT(*) FROM amounts GROUP BY price / sold",
        "SELECT a.price / sold, COUNT(*) FROM amounts a GROUP BY price / a.sold HAVING price / sold > 1",
        "SELECT price / sold AS ratio FROM amounts GROUP BY 1 ORDER BY price / sold",
        "SELECT DISTINCT price / sold FROM amounts ORDER BY price / sold",
        "SELECT MAX(price / sold) OVER (PARTITION BY price / sold ORDER BY price / sold ROWS UNBOUNDED PRECEDING) "
        "FROM amounts",
        "SELECT MAX(price / sold) FROM amounts",
        "SELECT price / sold FROM amounts UNION SELECT price / sold FROM amounts",
        "SELECT CASE WHEN sold > 0 THEN price / sold END FROM amounts",
        "SELECT price / sold AS ratio, ratio * 100 FROM amounts",
        "SELECT TOP 1 price / sold FROM amounts",
        "SELECT 'é', price /* é */ / sold FROM amounts WHERE 'é' = 'é'",
        "SELECT price / sold AS q FROM amounts AS a QUALIFY RANK() OVER (PARTITION BY id ORDER BY price / sold) = 1",
    ],
)
def test_a_quotient_has_its_scale_anywhere_in_a_query(amounts: Db, sql: str) -> None:
    (row,) = amounts.execute(sql.encode()).fetchall()

    assert str(QUOTIENT) in map(str, row)


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE made AS SELECT price / sold AS q FROM amounts"],
        ["SELECT price / sold AS q INTO made FROM amounts"],
        ["CREATE VIEW made AS SELECT price / sold AS q FROM amounts"],
        ["CREATE MATERIALIZED VIEW made AS SELECT price / sold AS q FROM amounts"],
        ["CREATE TABLE made (q DECIMAL(30, 20))", "INSERT INTO made SELECT price / sold FROM amounts"],
        ["CREATE TABLE made (q DECIMAL(30, 20))", "INSERT INTO made VALUES (10::DECIMAL(8, 2) / 3)"],
        ["CREATE TABLE made AS SELECT 1::DECIMAL(30, 20) AS q", "UPDATE made SET q = price / sold FROM amounts"],
        [
            "CREATE TABLE made AS SELECT 1 AS id, 1::DECIMAL(30, 20) AS q",
            "MERGE INTO made USING amounts ON made.id = amounts.id WHEN MATCHED THEN UPDATE SET q = price / sold "
            "WHEN NOT MATCHED THEN INSERT VALUES (1, 1)",
        ],
    ],
    ids=lambda statements: statements[-1][:40],
)
def test_a_quotient_is_stored_with_its_scale(amounts: Db, statements: list[str]) -> None:
    amounts.execute("UPDATE amounts SET price = 10")
    for statement in statements:
        amounts.execute(statement.encode())
    (row,) = amounts.execute("SELECT q FROM made").fetchall()

    assert row[0] == Decimal("3.3333333333333")


def test_the_definition_of_a_view_shows_what_was_written(amounts: Db) -> None:
    amounts.execute(
        "CREATE VIEW ratios AS SELECT price / (sold + fee) AS a, SUM(price) * 2 AS b FROM amounts GROUP BY 1"
    )
    (row,) = amounts.execute("SELECT definition FROM pg_views WHERE viewname = 'ratios'").fetchall()

    assert "redshift_catalog" not in row[0]
    amounts.execute(f"CREATE VIEW ratios_again AS {row[0]}".encode())
    assert (
        amounts.execute("SELECT * FROM ratios_again").fetchall() == amounts.execute("SELECT * FROM ratios").fetchall()
    )


def test_a_prepared_statement_divides_by_the_types_of_its_parameters(amounts: Db) -> None:
    for _ in range(3):
        row = amounts.execute("SELECT price / %s FROM amounts WHERE id = %s", [3, 1], prepare=True).fetchone()

        assert row == (Decimal("2.75000000"),)  # psycopg sends 3 as a SMALLINT: 2 + 5 + 1
    row = amounts.execute("SELECT price / %s::INTEGER FROM amounts WHERE id = %s", [3, 1], prepare=True).fetchone()
    assert str(row[0]) == str(QUOTIENT) if row else False


@pytest.mark.parametrize(
    ("statements", "value"),
    [
        (["PREPARE q (INT) AS SELECT price / $1 FROM amounts", "EXECUTE q (3)"], "2.7500000000000"),
        (["PREPARE q AS SELECT price / sold FROM amounts", "EXECUTE q"], "2.7500000000000"),
        (["PREPARE q (VARCHAR) AS SELECT price / 3 FROM amounts WHERE $1 = 'a'", "EXECUTE q ('a')"], "2.7500000000000"),
        (
            [
                "CREATE FUNCTION ratio (DECIMAL(8, 2), INT) RETURNS DECIMAL(30, 15) STABLE AS $$ SELECT $1 / $2 $$ "
                "LANGUAGE sql",
                "SELECT ratio(price, 7) FROM amounts",
            ],
            "1.178571428571400",
        ),
        (
            [
                "CREATE FUNCTION higher (DECIMAL, DECIMAL(8, 4)) RETURNS DECIMAL(12, 2) STABLE AS "
                "'SELECT CASE WHEN $1 > $2 THEN $1 ELSE $2 END' LANGUAGE sql",
                "SELECT higher(1, 3.126)",
            ],
            "3.13",
        ),
        (
            [
                "CREATE FUNCTION half (INT) RETURNS INT STABLE AS $$ SELECT $1 / 2 $$ LANGUAGE sql",
                "SELECT half(7)",
            ],
            "3",
        ),
    ],
    ids=lambda value: value[0][:30] if isinstance(value, list) else value,
)
def test_prepared_queries_and_functions_divide_by_their_declared_types(
    amounts: Db, statements: list[str], value: str
) -> None:
    *before, last = statements
    for statement in before:
        amounts.execute(statement.encode())
    (row,) = amounts.execute(last.encode()).fetchall()

    assert str(row[0]) == value


def test_a_cursor_gives_quotients_with_their_scale(amounts: Db) -> None:
    with amounts.transaction(), amounts.cursor("quotients") as cursor:
        cursor.execute("SELECT price / sold FROM amounts")

        assert cursor.fetchall() == [(QUOTIENT,)]
        assert cursor.description is not None
        assert (cursor.description[0].precision, cursor.description[0].scale) == (19, 13)


def test_what_another_session_changes_counts_for_a_repeated_statement(amounts: Db, redshift: RedshiftServer) -> None:
    def scale() -> int:
        (row,) = amounts.execute("SELECT price / fee FROM amounts").fetchall()
        return -int(row[0].as_tuple().exponent)

    assert scale() == scale() == 2 + 7 - 3 + 1
    (schema,) = amounts.execute("SELECT current_schema()").fetchall()[0]
    with psycopg.connect(redshift.dsn(), autocommit=True) as other:
        other.execute(f"SET search_path TO {schema}".encode())
        other.execute("CREATE TABLE new_amounts (id INT, price DECIMAL(8, 2), fee DECIMAL(12, 2), sold INT)")
        other.execute("INSERT INTO new_amounts SELECT * FROM amounts")
        other.execute("DROP TABLE amounts")
        other.execute("ALTER TABLE new_amounts RENAME TO amounts")
    assert scale() == 2 + 12 - 2 + 1
    amounts.execute("CREATE TEMP TABLE amounts (price DECIMAL(8, 2), fee DECIMAL(10, 2))")
    amounts.execute("INSERT INTO amounts VALUES (1, 3)")
    assert scale() == 2 + 10 - 2 + 1


def test_a_change_that_is_rolled_back_is_forgotten(amounts: Db) -> None:
    def value() -> str:
        (row,) = amounts.execute("SELECT price / fee FROM amounts").fetchall()
        return str(row[0])

    assert value() == "7.3333333"
    with amounts.transaction(force_rollback=True):
        amounts.execute("CREATE TEMP TABLE amounts AS SELECT 1::DECIMAL(4, 0) AS price, 3::DECIMAL(4, 0) AS fee")
        assert value() == "0.33333"
    assert value() == "7.3333333"


def test_an_error_in_a_transaction_is_the_statements_own(amounts: Db) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn) as failure, amounts.transaction():
        amounts.execute("SELECT price / nothing FROM amounts")
    assert failure.value.diag.statement_position == "16"
    with amounts.transaction():
        amounts.execute("SELECT 1")
        with pytest.raises(psycopg.errors.SyntaxError):
            amounts.execute("SELECT price / FROM amounts")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            amounts.execute("SELECT price / sold FROM amounts")


def test_the_settings_of_a_session_stay_as_they_are(amounts: Db) -> None:
    names = ("client_min_messages", "log_min_messages", "debug_print_parse")
    calls = ", ".join(f"current_setting('{name}')" for name in names)
    amounts.execute("SET client_min_messages = 'error'")
    before = amounts.execute(f"SELECT {calls}".encode()).fetchone()
    notices: list[Any] = []
    amounts.add_notice_handler(notices.append)
    amounts.execute("SELECT price / sold, UPPER('a') FROM amounts")
    with pytest.raises(psycopg.Error):
        amounts.execute("SELECT price / nothing FROM amounts")

    assert amounts.execute(f"SELECT {calls}".encode()).fetchone() == before == ("error", "warning", "off")
    assert notices == []


def test_trees_are_not_in_the_log_of_postgres(amounts: Db, redshift: RedshiftServer) -> None:
    amounts.execute("SELECT price / sold AS seen_by_nobody FROM amounts")

    assert "seen_by_nobody" not in (redshift.settings.folder / "warehouse" / "server.log").read_text()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO stored SELECT large + one - one FROM n",
        "INSERT INTO stored (text) SELECT large + one FROM n",
        "UPDATE n SET one = large * one * 10 * one",
        "UPDATE n SET one = large + one - large",
        "DELETE FROM n WHERE large + one > 1",
        "SELECT COUNT(*) FROM n WHERE -large - one < 1",
        "SELECT one FROM n ORDER BY large + one",
    ],
)
def test_a_computation_that_overflows_is_an_error_wherever_it_stands(db: Db, statement: str) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
    db.execute("CREATE TABLE n (large DECIMAL(38, 0), one DECIMAL(38, 0))")
    db.execute(f"INSERT INTO n VALUES ({'9' * 38}, 1)".encode())
    db.execute("CREATE TABLE stored (number DECIMAL(38, 0), text VARCHAR(60))")
    with pytest.raises(psycopg.errors.NumericValueOutOfRange, match="Numeric data overflow"):
        db.execute(statement.encode())
