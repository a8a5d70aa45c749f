"""What breaks in the middle of a COPY: cancels, clients that vanish, servers that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from local_redshift import RedshiftServer, Settings, StartError
from local_redshift.s3 import S3Server
from local_redshift.testing import PATIENCE, ROLE, Bucket, wait_until
from support.clients import redshift_connection

Connection = psycopg.Connection[Any]

#: Enough for a COPY of several seconds.
_MANY = 400_000


@pytest.fixture(scope="module")
def large(s3: S3Server, s3_client: Any) -> str:
    """An object whose COPY takes a while."""
    s3.create_bucket("large")
    lines = "\n".join(f'{{"a": {number}, "b": "some text of row {number}"}}' for number in range(_MANY))
    return Bucket("large", s3_client).put("part.json", lines)


@pytest.fixture
def loading(db: Connection, schema: str, large: str) -> str:
    """A COPY statement that takes a while."""
    db.execute("CREATE TABLE t (a INTEGER, b VARCHAR(60))")
    return f"COPY {schema}.t FROM '{large}' IAM_ROLE '{ROLE}' FORMAT AS JSON 'auto'"


def is_copying(watcher: Connection, pid: int) -> bool:
    query = "SELECT 1 FROM pg_stat_progress_copy WHERE pid = %s AND bytes_processed > 0"
    return watcher.execute(query, [pid]).fetchone() is not None


@pytest.fixture
def watcher(redshift: RedshiftServer) -> Iterator[Connection]:
    """A connection to PostgreSQL itself, which shows what a COPY does."""
    folder = redshift.settings.folder / "warehouse"
    password = (folder / "superuser.password").read_text().strip()
    with psycopg.connect(
        host=str(folder / "socket"), user="rdsdb", password=password, dbname="dev", autocommit=True
    ) as connection:
        yield connection


def cancel_request(client: Connection, other: Connection) -> None:
    client.cancel_safe()


def pg_cancel_backend(client: Connection, other: Connection) -> None:
    assert other.execute("SELECT pg_cancel_backend(%s)", [client.info.backend_pid]).fetchone() == (True,)


@pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])
@pytest.mark.parametrize("cancel", [cancel_request, pg_cancel_backend])
def test_a_running_copy_is_cancelled(
    redshift: RedshiftServer,
    db: Connection,
    watcher: Connection,
    loading: str,
    cancel: Callable[[Connection, Connection], None],
    prepare: bool,
) -> None:
    with psycopg.connect(**redshift.connection(), autocommit=True) as client:
        client.execute("BEGIN")
        failures: list[psycopg.Error] = []

        def load() -> None:
            try:
                client.execute(loading, prepare=prepare)
            except psycopg.Error as error:
                failures.append(error)

        thread = threading.Thread(target=load)
        thread.start()
        wait_until(lambda: is_copying(watcher, client.info.backend_pid))
        cancel(client, db)
        thread.join()
        assert [error.sqlstate for error in failures] == ["57014"]
        assert "cancelled on user's request" in str(failures[0])
        client.execute("ROLLBACK")
        assert client.execute("SELECT count(*) FROM pg_class WHERE false").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_terminated_session_is_told_so(
    redshift: RedshiftServer, db: Connection, watcher: Connection, loading: str
) -> None:
    with psycopg.connect(**redshift.connection(), autocommit=True) as client:
        pid = client.info.backend_pid

        def terminate() -> None:
            wait_until(lambda: is_copying(watcher, pid))
            db.execute("SELECT pg_terminate_backend(%s)", [pid])

        thread = threading.Thread(target=terminate)
        thread.start()
        with pytest.raises(psycopg.errors.AdminShutdown):
            client.execute(loading)
        thread.join()


def test_a_client_that_vanishes_leaves_nothing_behind(
    redshift: RedshiftServer, db: Connection, watcher: Connection, loading: str
) -> None:
    code = (
        "import os, psycopg, sys\n"
        "c = psycopg.connect(sys.argv[1], autocommit=True)\n"
        "print(c.info.backend_pid, flush=True)\n"
        "c.execute('BEGIN'); c.execute(sys.argv[2])\n"
    )
    command = [sys.executable, "-c", code, redshift.dsn(), loading]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        pid = int(client.stdout.readline())
        wait_until(lambda: is_copying(watcher, pid))
        client.kill()
    wait_until(lambda: not psutil.pid_exists(pid))
    assert db.execute("SELECT count(*) FROM t").fetchone() == (0,)
    ended = "SELECT status, loaded_rows FROM sys_load_history WHERE session_id = %s"
    wait_until(lambda: db.execute(ended, [pid]).fetchall() == [("aborted", 0)])


def test_other_sessions_are_answered_while_a_copy_runs(
    redshift: RedshiftServer, db: Connection, watcher: Connection, loading: str
) -> None:
    with redshift_connection(redshift) as client:
        cursor = client.cursor()
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchall()[0][0])
        thread = threading.Thread(target=cursor.execute, args=(loading,))
        thread.start()
        wait_until(lambda: is_copying(watcher, pid))
        answers = 0
        while thread.is_alive():
            db.execute("SELECT 1").fetchall()
            answers += 1
        assert answers > 5
    assert db.execute("SELECT count(*) FROM t").fetchone() == (_MANY,)


# The server's own end.


def children(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


@pytest.fixture
def own_server(tmp_path: Path, s3: S3Server) -> Iterator[RedshiftServer]:
    """A local Redshift that the test may kill."""
    process = RedshiftServer(Settings(tmp_path / "state", port=0, s3=s3.settings))
    process.start()
    yield process
    process.stop()


def fill(server: RedshiftServer) -> None:
    with psycopg.connect(**server.connection(), autocommit=True) as connection:
        connection.execute("CREATE TABLE t (a INTEGER)")
        connection.execute("BEGIN")
        connection.execute("INSERT INTO t VALUES (1)")
        connection.execute("COMMIT")


def filled(server: RedshiftServer) -> list[tuple[Any, ...]]:
    with psycopg.connect(**server.connection(), autocommit=True) as connection:
        return connection.execute("SELECT a FROM t").fetchall()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stop_is_clean_leaves_no_process_and_keeps_the_data(
    own_server: RedshiftServer, number: signal.Signals
) -> None:
    fill(own_server)
    pid = own_server.pid
    assert pid is not None
    started = children(pid)
    with psycopg.connect(**own_server.connection(), autocommit=True) as connection:
        os.kill(pid, number)
        psutil.wait_procs([psutil.Process(pid), *started], timeout=PATIENCE)
        assert not [process for process in started if process.is_running()]
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    own_server.start()
    assert filled(own_server) == [(1,)]


def test_a_killed_server_leaves_no_process_and_the_next_keeps_what_was_committed(
    own_server: RedshiftServer,
) -> None:
    fill(own_server)
    pid = own_server.pid
    assert pid is not None
    started = children(pid)
    os.kill(pid, signal.SIGKILL)
    own_server.start()
    assert filled(own_server) == [(1,)]
    _, alive = psutil.wait_procs(started, timeout=PATIENCE)
    assert not alive


def test_a_killed_postgresql_is_started_again_under_the_running_server(own_server: RedshiftServer) -> None:
    fill(own_server)
    assert own_server.pid is not None
    postmaster = next(child for child in children(own_server.pid) if child.ppid() == own_server.pid)
    postmaster.kill()
    wait_until(lambda: postmaster.pid not in {child.pid for child in children(own_server.pid or 0)})

    def answers() -> bool:
        try:
            return filled(own_server) == [(1,)]
        except psycopg.OperationalError:
            return False

    wait_until(answers)


def test_everything_killed_at_once_recovers(own_server: RedshiftServer) -> None:
    fill(own_server)
    assert own_server.pid is not None
    for process in (psutil.Process(own_server.pid), *children(own_server.pid)):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    own_server.start()
    assert filled(own_server) == [(1,)]


def test_a_second_start_finds_everything_made(own_server: RedshiftServer) -> None:
    """So it takes no longer than PostgreSQL's own start; a new catalog would be written with new transactions."""
    query = "SELECT proname, xmin::text FROM pg_proc WHERE proname LIKE 'pg_last_%' ORDER BY 1"

    def own_functions() -> list[tuple[Any, ...]]:
        with psycopg.connect(**own_server.connection()) as connection:
            return connection.execute(query).fetchall()

    before = own_functions()
    own_server.stop()
    own_server.start()
    assert own_functions() == before != []


def test_all_users_may_create_in_public_until_that_is_revoked(own_server: RedshiftServer) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_Schemas_and_tables.html"""
    query = "SELECT has_schema_privilege('analyst', 'public', 'create')"
    with psycopg.connect(**own_server.connection(), autocommit=True) as connection:
        connection.execute("CREATE USER analyst PASSWORD 'Analyst-1'")
        assert connection.execute(query).fetchone() == (True,)
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    own_server.stop()
    own_server.start()
    with psycopg.connect(**own_server.connection()) as connection:
        assert connection.execute(query).fetchone() == (False,)


def test_a_taken_port_and_a_folder_in_use_are_said_in_one_sentence(
    own_server: RedshiftServer, tmp_path: Path, s3: S3Server
) -> None:
    taken = RedshiftServer(Settings(tmp_path / "other", port=own_server.port, s3=s3.settings))
    with pytest.raises(StartError, match=rf"Port {own_server.port} on 127.0.0.1 cannot be used.*choose another"):
        taken.start()
    same = RedshiftServer(Settings(own_server.settings.folder, port=0, s3=s3.settings), log=tmp_path / "same.log")
    with pytest.raises(StartError, match=r"is in use by process \d+\. Stop that process first"):
        same.start()
