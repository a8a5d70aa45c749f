"""The embedded PostgreSQL: made, started, stopped, killed and recovered, as root and as another user."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from local_redshift.ports import free_port
from local_redshift.postgres import PostgresCluster, PostgresError, find_binaries
from local_redshift.postgres import processes as postgres_process


def value(cluster: PostgresCluster, query: str) -> object:
    with cluster.connect() as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


def test_a_cluster_on_a_port_asks_for_its_password(tmp_path: Path) -> None:
    with PostgresCluster(tmp_path / "pg", port=free_port()) as cluster:
        assert cluster.create_database("airflow") is True
        assert cluster.create_database("airflow") is False
        cluster.create_role("someone", "a p@ss/word")
        with psycopg.connect(cluster.dsn("airflow", "someone", "a p@ss/word")) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("someone",)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(cluster.dsn("airflow", "someone", "wrong"))


def test_a_cluster_without_a_port_is_reached_by_its_socket_alone(tmp_path: Path) -> None:
    with PostgresCluster(tmp_path / "pg") as cluster:
        assert value(cluster, "SHOW listen_addresses") == ""
        assert cluster.socket_folder.stat().st_mode & 0o077 == 0


def test_text_sorts_by_code_point_and_bytes_as_in_redshift(tmp_path: Path) -> None:
    with PostgresCluster(tmp_path / "pg") as cluster:
        query = "SELECT string_agg(v, '' ORDER BY v) FROM (VALUES ('b'), ('a'), ('B'), ('é'), ('_')) AS t (v)"
        assert value(cluster, query) == "B_abé"
        assert value(cluster, "SELECT upper('é')") == "É"


def test_a_folder_with_a_long_path_works_even_if_the_temporary_folder_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / ("temporary" * 10)
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with PostgresCluster(tmp_path / ("long" * 30) / "pg") as cluster:
        assert value(cluster, "SELECT 1") == 1
        assert tmp_path not in cluster.socket_folder.parents
    assert not cluster.socket_folder.exists()


def test_a_folder_with_signs_that_mean_something_in_an_address_works() -> None:
    with TemporaryDirectory(prefix="a + b&c=ü%20") as folder, PostgresCluster(Path(folder) / "pg") as cluster:
        assert cluster.socket_folder.is_relative_to(folder)
        assert value(cluster, "SELECT 1") == 1


def test_what_was_committed_survives_a_kill_of_everything(tmp_path: Path) -> None:
    cluster = PostgresCluster(tmp_path / "pg")
    cluster.start()
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    assert cluster.pid is not None
    os.kill(cluster.pid, signal.SIGKILL)
    cluster.stop()
    with PostgresCluster(tmp_path / "pg") as again:
        assert value(again, "SELECT a FROM t") == 1


def test_a_pid_file_whose_number_is_somebody_elses_now_does_not_hinder(tmp_path: Path) -> None:
    with PostgresCluster(tmp_path / "pg") as cluster:
        pid_file = (cluster.data / "postmaster.pid").read_text()
    stale = pid_file.replace(pid_file.splitlines()[0], str(os.getpid()), 1)
    (cluster.data / "postmaster.pid").write_text(stale)
    with PostgresCluster(tmp_path / "pg") as again:
        assert value(again, "SELECT 1") == 1


def test_a_making_that_was_cut_short_begins_anew(tmp_path: Path) -> None:
    partial = tmp_path / "pg" / "data.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    with PostgresCluster(tmp_path / "pg") as cluster:
        assert value(cluster, "SELECT 1") == 1
        assert not partial.exists()


_START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from local_redshift.postgres import PostgresCluster
cluster = PostgresCluster(Path(sys.argv[1]))
cluster.start()
print(cluster.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_parent_takes_its_server_along(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _START_AND_DIE, str(tmp_path / "pg")]
    pid = int(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    with PostgresCluster(tmp_path / "pg") as cluster:
        assert cluster.pid != pid
        assert value(cluster, "SELECT 1") == 1


_START_AND_ASK = """
import sys
from pathlib import Path
from local_redshift.postgres import PostgresCluster
with PostgresCluster(Path(sys.argv[1])) as cluster, cluster.connect() as connection:
    print(connection.execute("SELECT 1").fetchone())
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="all the other tests show it")
def test_a_user_who_is_not_root_runs_it(tmp_path: Path) -> None:
    prefix = postgres_process.find_launcher().prefix
    if not prefix:
        pytest.skip("user namespaces are not allowed here")
    command = [*prefix, sys.executable, "-c", _START_AND_ASK, str(tmp_path / "pg")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "(1,)", done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
@pytest.mark.parametrize("name", ["pg", "long" * 30])
def test_root_without_user_namespaces_becomes_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for parent in (tmp_path, *tmp_path.parents):
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    with PostgresCluster(tmp_path / name) as cluster:
        assert value(cluster, "SELECT 1") == 1
    monkeypatch.setattr(postgres_process, "find_launcher", lambda: postgres_process.Launcher(uid=65534))
    with PostgresCluster(tmp_path / name) as cluster:
        assert value(cluster, "SELECT 1") == 1
        assert cluster.data.stat().st_uid == 65534
    monkeypatch.undo()
    with PostgresCluster(tmp_path / name) as cluster:
        assert value(cluster, "SELECT 1") == 1


def test_a_taken_port_a_folder_in_use_and_missing_programs_are_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PostgresError, match=f"Port {port} on 127.0.0.1 cannot be used"):
            PostgresCluster(tmp_path / "taken", port=port).start()
    with (
        PostgresCluster(tmp_path / "pg"),
        pytest.raises(PostgresError, match=rf"is in use by process {os.getpid()}\. Stop that process"),
    ):
        PostgresCluster(tmp_path / "pg").start()
    with pytest.raises(PostgresError, match="There is no program 'postgres' in"):
        find_binaries(tmp_path)
