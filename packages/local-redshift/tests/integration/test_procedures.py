"""Stored procedures, functions, and ALTER TABLE APPEND."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

Db = psycopg.Connection[Any]

# after the second example of https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_PROCEDURE.html
DOUBLING = """
CREATE OR REPLACE PROCEDURE doubling(f1 IN int, f2 INOUT varchar(256), out_var OUT varchar(256))
AS $$
DECLARE
    loop_var int;
BEGIN
    IF f1 IS NULL OR f2 IS NULL THEN
        RAISE EXCEPTION 'input cannot be null';
    END IF;
    DROP TABLE IF EXISTS doubled;
    CREATE TEMP TABLE doubled (a int, b varchar) DISTSTYLE ALL SORTKEY (a);
    FOR loop_var IN 1..f1 LOOP
        INSERT INTO doubled VALUES (loop_var, NVL(f2, ''));
        f2 := f2 || '+' || f2;
    END LOOP;
    SELECT INTO out_var COUNT(*) FROM doubled;
END;
$$ LANGUAGE plpgsql
"""


def rows(db: Db, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql.encode()).fetchall()


def make(db: Db, sql: str) -> None:
    db.execute(sql.encode())


def test_a_procedure_returns_its_output_arguments(db: Db) -> None:
    make(db, DOUBLING)
    assert rows(db, "CALL doubling(2, '2019')") == [("2019+2019+2019+2019", "2")]
    with pytest.raises(psycopg.errors.RaiseException, match="input cannot be null"):
        make(db, "CALL doubling(NULL, '2019')")
    make(db, "DROP PROCEDURE doubling(int, varchar)")


def test_tables_that_a_procedure_makes_have_their_storage(db: Db) -> None:
    make(db, DOUBLING)
    make(db, "CALL doubling(1, 'x')")
    assert rows(db, "SELECT \"column\", sortkey FROM pg_table_def WHERE tablename = 'doubled'") == [("a", 1), ("b", 0)]


def test_an_exception_is_raised_again_unless_the_procedure_is_nonatomic(db: Db) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
    body = "AS $$ DECLARE v INT; BEGIN v := 1 / 0; EXCEPTION WHEN OTHERS THEN RAISE INFO 'handled'; END; $$"
    make(db, f"CREATE PROCEDURE atomic() {body} LANGUAGE plpgsql")
    make(db, f"CREATE PROCEDURE careful() NONATOMIC {body} LANGUAGE plpgsql")
    with pytest.raises(psycopg.errors.DivisionByZero):
        make(db, "CALL atomic()")
    make(db, "CALL careful()")


def test_exceptions_in_nested_calls_are_handled_by_each_procedure(db: Db) -> None:
    make(db, "CREATE TABLE log (message VARCHAR(100))")
    handler = "EXCEPTION WHEN OTHERS THEN INSERT INTO log VALUES"
    for name, statement in (("inner_p", "EXECUTE 'SELECT 1 / 0'"), ("outer_p", "CALL inner_p()")):
        body = f"BEGIN {statement}; {handler} ('{name}'); END"
        make(db, f"CREATE PROCEDURE {name}() AS $$ {body} $$ LANGUAGE plpgsql")
    with pytest.raises(psycopg.errors.DivisionByZero):
        make(db, "CALL outer_p()")
    assert ("outer_p",) in rows(db, "SELECT message FROM log")


def test_nothing_is_committed_inside_a_clients_transaction(db: Db) -> None:
    make(db, "CREATE TABLE t (v INT)")
    make(
        db,
        "CREATE PROCEDURE fill() NONATOMIC AS $$ BEGIN INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); END $$ "
        "LANGUAGE plpgsql",
    )
    make(db, "BEGIN")
    make(db, "CALL fill()")
    make(db, "ROLLBACK")
    assert rows(db, "SELECT COUNT(*) FROM t") == [(0,)]


def test_a_procedure_of_its_owners_rights_ends_no_transaction(db: Db) -> None:
    make(
        db,
        "CREATE PROCEDURE failing() AS $$ BEGIN EXECUTE 'SELECT 1 / 0'; EXCEPTION WHEN OTHERS THEN RAISE INFO 'x'; END "
        "$$ LANGUAGE plpgsql SECURITY DEFINER",
    )
    with pytest.raises(psycopg.errors.DivisionByZero):
        make(db, "CALL failing()")


def test_a_sql_function_can_be_called(db: Db) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/udf-creating-a-scalar-sql-udf.html
    make(
        db,
        "CREATE FUNCTION f_sql_greater (float, float) RETURNS float STABLE "
        "AS $$ SELECT CASE WHEN $1 > $2 THEN $1 ELSE NVL($2, 0) END $$ LANGUAGE sql",
    )
    assert rows(db, "SELECT f_sql_greater(1, 2.5), f_sql_greater(3, NULL)") == [(2.5, 0.0)]


# https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html


@pytest.fixture
def tables(db: Db) -> Db:
    """A source with one column more than its target."""
    make(db, "CREATE TABLE target (id INT, v VARCHAR(10))")
    make(db, "CREATE TABLE source (id INT, v VARCHAR(10), more INT)")
    make(db, "INSERT INTO source VALUES (1, 'a', 2), (2, 'b', 3)")
    return db


def test_append_moves_the_rows(tables: Db) -> None:
    done = tables.execute("ALTER TABLE target APPEND FROM source IGNOREEXTRA")
    assert done.statusmessage == "ALTER TABLE APPEND"
    assert rows(tables, "SELECT * FROM target ORDER BY id") == [(1, "a"), (2, "b")]
    assert rows(tables, "SELECT COUNT(*) FROM source") == [(0,)]
    make(tables, "ALTER TABLE source APPEND FROM target FILLTARGET")
    assert rows(tables, "SELECT * FROM source ORDER BY id") == [(1, "a", None), (2, "b", None)]


def test_append_needs_the_same_columns(tables: Db) -> None:
    with pytest.raises(psycopg.Error, match="columns that are not in the target table: more"):
        make(tables, "ALTER TABLE target APPEND FROM source")


@pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])
def test_append_is_refused_in_a_transaction(tables: Db, prepare: bool) -> None:
    tables.execute("BEGIN")
    with pytest.raises(psycopg.errors.ActiveSqlTransaction, match="ALTER TABLE APPEND"):
        tables.execute("ALTER TABLE target APPEND FROM source IGNOREEXTRA", prepare=prepare)
    tables.execute("ROLLBACK")
    assert rows(tables, "SELECT COUNT(*) FROM source") == [(2,)]


def test_a_procedure_ends_no_transaction_of_its_caller(db: Db) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-transaction-management.html
    make(db, "CREATE OR REPLACE PROCEDURE ends_it() NONATOMIC AS $$ BEGIN COMMIT; END $$ LANGUAGE plpgsql")
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="called in a transaction block"), db.transaction():
        make(db, "CALL ends_it()")
