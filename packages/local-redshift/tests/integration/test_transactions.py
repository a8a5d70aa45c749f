"""Transactions behave as Redshift's: TRUNCATE commits, VACUUM stands alone, the first read takes the snapshot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local_redshift import Isolation, RedshiftServer, Settings
from local_redshift.s3 import S3Server
from local_redshift.testing import wait_until
from support.clients import CLIENTS, Client

Connection = psycopg.Connection[Any]


@pytest.fixture
def other(redshift: RedshiftServer, schema: str) -> Iterator[Connection]:
    """A second session."""
    with psycopg.connect(**redshift.connection(), autocommit=True) as connection:
        connection.execute(f"SET search_path TO {schema}, public")
        yield connection


def count(connection: Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_truncate_commits_the_open_transaction(redshift: RedshiftServer, schema: str, client: Client) -> None:
    rows = client(
        redshift,
        [
            f"CREATE TABLE {schema}.emptied (a INTEGER)",
            f"CREATE TABLE {schema}.kept (a INTEGER)",
            f"INSERT INTO {schema}.emptied VALUES (1), (2)",
            "BEGIN",
            f"INSERT INTO {schema}.kept VALUES (1)",
            f"TRUNCATE {schema}.emptied",
            "ROLLBACK",
            f"SELECT (SELECT count(*) FROM {schema}.emptied), (SELECT count(*) FROM {schema}.kept)",
        ],
    )
    assert rows == [(0, 1)]


@pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])
def test_vacuum_is_refused_in_a_transaction_and_works_outside(db: Connection, prepare: bool) -> None:
    db.execute("CREATE TABLE t (a INTEGER)")
    db.execute("VACUUM t", prepare=prepare)
    db.execute("BEGIN")
    with pytest.raises(psycopg.errors.ActiveSqlTransaction, match="VACUUM"):
        db.execute("VACUUM t", prepare=prepare)
    db.execute("ROLLBACK")


def test_a_transaction_reads_one_snapshot(db: Connection, other: Connection) -> None:
    db.execute("CREATE TABLE t (a INTEGER)")
    db.execute("BEGIN")
    assert count(db, "t") == 0
    other.execute("INSERT INTO t VALUES (1)")
    assert count(db, "t") == 0
    db.execute("COMMIT")
    assert count(db, "t") == 1


@pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])
def test_a_lock_taken_first_takes_no_snapshot(db: Connection, other: Connection, prepare: bool) -> None:
    """So a writer that waited for the mutex sees what the writers before it committed."""
    db.execute("CREATE TABLE mutex (a INTEGER)")
    db.execute("CREATE TABLE t (a INTEGER)")
    other.execute("BEGIN")
    other.execute("LOCK mutex")
    seen: list[int] = []

    def wait_and_read() -> None:
        db.execute("BEGIN", prepare=prepare)
        db.execute("LOCK mutex", prepare=prepare)
        seen.append(count(db, "t"))
        db.execute("COMMIT", prepare=prepare)

    waiting = threading.Thread(target=wait_and_read)
    waiting.start()
    waits = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted"
    wait_until(lambda: other.execute(waits, [db.info.backend_pid]).fetchone() is not None, "the wait for the lock")
    other.execute("INSERT INTO t VALUES (1)")
    other.execute("COMMIT")
    waiting.join()
    assert seen == [1]


def test_a_lock_shuts_readers_out(db: Connection, other: Connection) -> None:
    db.execute("CREATE TABLE t (a INTEGER)")
    db.execute("BEGIN")
    db.execute("LOCK t")
    other.execute("SET statement_timeout TO 300")
    with pytest.raises(psycopg.errors.QueryCanceled):
        count(other, "t")
    db.execute("ROLLBACK")
    assert count(other, "t") == 0


def test_a_failed_statement_fails_the_transaction_until_rollback(db: Connection) -> None:
    db.execute("CREATE TABLE t (a INTEGER)")
    db.execute("BEGIN")
    db.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(psycopg.Error):
        db.execute("SELECT 1 / 0")
    for statement in ("SELECT 1", "TRUNCATE t", "ANALYZE t"):
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            db.execute(statement)
    db.execute("ROLLBACK")
    assert count(db, "t") == 0


@pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])
def test_a_refused_statement_fails_the_transaction_too(db: Connection, prepare: bool) -> None:
    db.execute("CREATE TABLE t (a INTEGER)")
    db.execute("BEGIN")
    db.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(psycopg.Error):
        db.execute("CREATE INDEX i ON t (a)", prepare=prepare)
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        db.execute("SELECT 1", prepare=prepare)
    db.execute("ROLLBACK")
    assert count(db, "t") == 0


def test_statements_of_one_query_are_one_transaction(db: Connection) -> None:
    db.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(psycopg.Error):
        db.execute("INSERT INTO t VALUES (1); SELECT 1 / 0")
    assert count(db, "t") == 0


def test_a_cursor_gives_rows_bit_by_bit(db: Connection) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/declare.html
    db.execute("CREATE TABLE t (a INTEGER)")
    db.execute("INSERT INTO t VALUES (1), (2), (3), (4)")
    db.execute("BEGIN")
    db.execute("DECLARE c CURSOR FOR SELECT a FROM t ORDER BY a")
    assert db.execute("FETCH NEXT FROM c").fetchall() == [(1,)]
    assert db.execute("FETCH FORWARD 2 FROM c").fetchall() == [(2,), (3,)]
    assert db.execute("FETCH ALL FROM c").fetchall() == [(4,)]
    db.execute("CLOSE c")
    db.execute("COMMIT")


def test_keys_are_not_enforced_and_not_null_is(db: Connection) -> None:
    db.execute("CREATE TABLE p (id INTEGER PRIMARY KEY, u INTEGER UNIQUE, n INTEGER NOT NULL)")
    db.execute("CREATE TABLE c (p_id INTEGER REFERENCES p (id))")
    db.execute("INSERT INTO p VALUES (1, 1, 1), (1, 1, 1)")
    db.execute("INSERT INTO c VALUES (99)")
    assert (count(db, "p"), count(db, "c")) == (2, 1)
    with pytest.raises(psycopg.errors.NotNullViolation):
        db.execute("INSERT INTO p VALUES (2, 2, NULL)")


def test_varchar_counts_bytes(db: Connection) -> None:
    db.execute("CREATE TABLE t (v VARCHAR(4), c CHAR(2))")
    db.execute("INSERT INTO t (v) VALUES ('éé')")
    with pytest.raises(psycopg.errors.StringDataRightTruncation) as caught:
        db.execute("INSERT INTO t (v) VALUES ('ééé')")
    assert str(caught.value).splitlines()[0] == "value too long for type character varying(4)"
    with pytest.raises(psycopg.errors.StringDataRightTruncation):
        db.execute("INSERT INTO t (v) VALUES ('12345')")


def test_under_serializable_a_conflict_is_error_1023(tmp_path: Path, s3: S3Server) -> None:
    settings = Settings(tmp_path / "state", port=0, s3=s3.settings, isolation=Isolation.SERIALIZABLE)
    with RedshiftServer(settings) as server:
        one = psycopg.connect(**server.connection(), autocommit=True)
        two = psycopg.connect(**server.connection(), autocommit=True)
        one.execute("CREATE TABLE tab1 (a INTEGER)")
        one.execute("CREATE TABLE tab2 (a INTEGER)")
        for connection, read, written in ((one, "tab1", "tab2"), (two, "tab2", "tab1")):
            connection.execute("BEGIN")
            count(connection, read)
            connection.execute(f"INSERT INTO {written} VALUES (1)")
        one.execute("COMMIT")
        with pytest.raises(psycopg.errors.InternalError_) as caught:
            two.execute("COMMIT")
        assert caught.value.diag.message_primary == "1023"
        assert str(caught.value.diag.message_detail).startswith("Serializable isolation violation on table")
        one.close()
        two.close()
