"""The commands ``local-redshift`` and ``local-redshift-s3``: what they say instead of a traceback."""

from __future__ import annotations

import importlib.metadata
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local_redshift import RedshiftServer, Settings, StartError

REDSHIFT, S3 = "local_redshift", "local_redshift.s3"


def run(module: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(("module", "name"), [(REDSHIFT, "local-redshift"), (S3, "local-redshift-s3")])
def test_the_version_is_the_distributions(module: str, name: str) -> None:
    said = run(module, "--version").stdout.strip()
    assert said == f"{name}, version {importlib.metadata.version('local-redshift')}"


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        (REDSHIFT, ("--folder", "file/below"), "/file/below cannot be used: Not a directory"),
        (REDSHIFT, ("--folder", "/proc/none"), "choose another with --folder or LOCAL_REDSHIFT_FOLDER"),
        (REDSHIFT, ("--folder", "blocked"), "/blocked cannot be used: File exists"),
        (REDSHIFT, ("--host", "256.0.0.1"), "Port 0 on 256.0.0.1 cannot be used"),
        (REDSHIFT, ("--user", "rdsdb"), "The user rdsdb is the server's own"),
        (REDSHIFT, ("--add-user", "rdsdb:Secret-1"), "The user rdsdb is the server's own"),
        (S3, ("--folder", "file/below"), "/file/below: Not a directory. Choose another folder."),
        (S3, ("--folder", "/proc/none"), "Choose another folder"),
    ],
)
def test_what_cannot_start_is_named_without_a_traceback(
    module: str, arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "warehouse").touch()
    done = run(module, "--port", "0", *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--user", "pg_me"), 'role name "pg_me" is reserved'),
        (("--tls-certificate", "file"), "The certificate file cannot be used with its key"),
    ],
)
def test_what_fails_after_postgres_has_started_leaves_no_process(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    done = run(REDSHIFT, "--port", "0", *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".state" / "redshift" / "warehouse" / "data" / "postmaster.pid").exists()


def test_a_taken_port_of_the_s3_server_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(S3, "--folder", tmp_path / "s3", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: Port {port}, which the S3 server needs, is taken")


def test_a_folder_that_python_code_names_and_that_cannot_be_used_is_an_error_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match=r"cannot write its log .*file/below/redshift\.log: Not a directory"):
        RedshiftServer(Settings(tmp_path / "file" / "below", port=0)).start()
