"""Queries are really recorded: https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_HISTORY.html"""

from __future__ import annotations

from contextlib import closing, suppress
from typing import Any

import psycopg
import psycopg2
import pytest

from local_redshift import RedshiftServer
from local_redshift.testing import ROLE, Bucket
from support.clients import CLIENTS, Client, ClientError, redshift_connection

_HISTORY = (
    "SELECT trim(query_type), trim(status), returned_rows, trim(query_label), trim(query_text), trim(error_message)"
    " FROM sys_query_history WHERE query_text LIKE '%{0}%' AND query_text NOT LIKE '%sys_query%' ORDER BY query_id"
)


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_query_is_recorded_with_label_rows_and_kind(
    redshift: RedshiftServer, client: Client, request: pytest.FixtureRequest
) -> None:
    mark = f"m{abs(hash(request.node.name))}"
    statements = ["SET query_group TO 'nightly'", f"SELECT '{mark}' UNION ALL SELECT 'x'", _HISTORY.format(mark)]
    found = client(redshift, statements)
    assert [row[:4] for row in found] == [("SELECT", "success", 2, "nightly")]


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_failed_query_is_recorded_with_its_error(
    redshift: RedshiftServer, client: Client, request: pytest.FixtureRequest
) -> None:
    mark = f"m{abs(hash(request.node.name))}"
    with suppress(ClientError):
        client(redshift, [f"SELECT * FROM {mark}_nowhere"])
    found = client(redshift, [_HISTORY.format(mark)])
    assert [(row[0], row[1], row[5]) for row in found] == [
        ("SELECT", "failed", f'relation "{mark}_nowhere" does not exist')
    ]


def test_a_transaction_sees_its_own_queries_and_those_rolled_back_stay(redshift: RedshiftServer) -> None:
    with closing(psycopg2.connect(**redshift.connection())) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT 'seen in its transaction'")
        cursor.execute("SELECT trim(querytxt), aborted, pid FROM stl_query WHERE query = pg_last_query_id()")
        assert cursor.fetchall() == [("SELECT 'seen in its transaction'", 0, connection.info.backend_pid)]
        connection.rollback()
        cursor.execute("SELECT count(*) FROM svl_qlog WHERE pid = pg_backend_pid() AND substring LIKE '%its trans%'")
        assert cursor.fetchone() == (1,)


def test_a_copy_is_recorded_without_its_secrets(
    redshift: RedshiftServer, db: psycopg.Connection[Any], bucket: Bucket
) -> None:
    db.execute("CREATE TABLE copied (a INT)")
    address = bucket.put("rows.csv", "1\n2\n")
    db.execute(f"COPY copied FROM '{address}' IAM_ROLE '{ROLE}' CSV")
    with pytest.raises(psycopg.Error):
        db.execute(f"COPY copied FROM '{address}x' ACCESS_KEY_ID 'AKIAXYZ' SECRET_ACCESS_KEY 'hidden' CSV")
    found = db.execute(
        "SELECT aborted, querytxt FROM stl_query WHERE pid = pg_backend_pid() AND querytxt LIKE 'COPY%' ORDER BY query"
    ).fetchall()
    assert [row[0] for row in found] == [0, 1]
    assert "hidden" not in found[1][1]


def test_a_cancelled_query_says_so(redshift: RedshiftServer) -> None:
    with psycopg.connect(**redshift.connection(), autocommit=True) as connection:
        connection.execute("SET statement_timeout TO 50")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT count(*) FROM pg_class a, pg_class b, pg_class c, pg_class d, pg_class e")
        connection.execute("SET statement_timeout TO 0")
        row = connection.execute(
            "SELECT trim(status) FROM sys_query_history WHERE session_id = pg_backend_pid() AND query_type = 'SELECT'"
        ).fetchone()
        assert row == ("canceled",)


def test_ddl_and_utilities_have_their_own_views(redshift: RedshiftServer, db: psycopg.Connection[Any]) -> None:
    db.execute("CREATE TABLE noted (a INT)")
    db.execute("ANALYZE noted")
    mine = "WHERE pid = pg_backend_pid() AND text LIKE '%noted%' AND text NOT LIKE '%pg_backend%'"
    assert db.execute(f"SELECT trim(text) FROM stl_ddltext {mine}").fetchall() == [("CREATE TABLE noted (a INT)",)]
    assert db.execute(f"SELECT trim(text) FROM stl_utilitytext {mine}").fetchall() == [("ANALYZE noted",)]
    types = db.execute(f"SELECT type FROM svl_statementtext {mine} ORDER BY starttime").fetchall()
    assert types == [("DDL",), ("UTILITY",)]


def test_users_see_their_own_queries_only(redshift: RedshiftServer, db: psycopg.Connection[Any]) -> None:
    db.execute("CREATE USER reader_of_history PASSWORD 'Abcdefg1'")
    try:
        with closing(redshift_connection(redshift, user="reader_of_history", password="Abcdefg1")) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT 'mine alone'")
            cursor.execute("SELECT DISTINCT u.usename FROM stl_query q JOIN pg_user u ON u.usesysid = q.userid")
            assert cursor.fetchall() == (["reader_of_history"],)
    finally:
        db.execute("DROP USER reader_of_history")


def test_views_of_activity_tell_of_sessions_and_isolation(db: psycopg.Connection[Any]) -> None:
    assert db.execute("SELECT trim(user_name) FROM stv_sessions WHERE process = pg_backend_pid()").fetchall() == [
        ("awsuser",)
    ]
    assert db.execute("SELECT trim(db_name), trim(isolation_level) FROM stv_db_isolation_level").fetchall() == [
        ("dev", "Snapshot Isolation")
    ]
    assert db.execute("SELECT count(*) FROM stv_inflight WHERE pid = pg_backend_pid()").fetchone() == (1,)
