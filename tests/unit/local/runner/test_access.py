"""Other commands reach the system that runs, and no other."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from local.runner.access import Access, read_access, remove_access, write_access
from local.runner.errors import RunnerError
from local.runner.lock import FolderLock
from tests.support.hostile import ALL_HOSTILE

ACCESS = Access("postgresql://awsuser:x@127.0.0.1:1/dev", "/trusted.crt", "http://localhost:1", {"AIRFLOW_HOME": "/x"})


@pytest.fixture
def state(tmp_path: Path) -> Path:
    state = tmp_path / "it's a state & more"
    state.mkdir()
    return state


def test_what_a_run_leaves_is_read_while_it_runs(state: Path) -> None:
    lock = FolderLock(state)
    lock.take()
    write_access(state, ACCESS)
    assert read_access(state) == ACCESS
    assert (state / "running.json").stat().st_mode & 0o077 == 0
    assert (state / "airflow").stat().st_mode & 0o077 == 0
    remove_access(state)
    assert [file.name for file in state.iterdir()] == ["lock"]
    lock.release()


@pytest.mark.parametrize("number", ["", "1", "not a number", "999999999"])
def test_what_a_killed_run_left_is_not_taken_for_a_running_one(state: Path, number: str) -> None:
    write_access(state, ACCESS)
    (state / "lock").write_text(number)
    with pytest.raises(RunnerError, match="Nothing runs in .*: start it with make run"):
        read_access(state)


def test_airflows_command_says_in_any_shell_and_folder_that_nothing_runs(state: Path, tmp_path: Path) -> None:
    write_access(state, ACCESS)
    (tmp_path / "json.py").write_text("raise RuntimeError('the user has a file of this name')")
    done = subprocess.run(
        [state / "airflow", "dags", "list"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **ALL_HOSTILE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"Nothing runs in {state}: start it with make run" in done.stderr
    assert "Traceback" not in done.stderr


def test_airflows_command_gets_the_runs_environment_and_its_own_words(state: Path, tmp_path: Path) -> None:
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "__init__.py").touch()
    (tmp_path / "airflow" / "__main__.py").write_text("import os, sys; print(sys.argv[1:], sorted(os.environ.items()))")
    environment = {"PYTHONPATH": str(tmp_path), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    lock = FolderLock(state)
    lock.take()
    write_access(state, Access("x", "x", "x", environment))
    shell = {"PATH": os.environ["PATH"], **ALL_HOSTILE, "TERM": "xterm"}
    words = ["dags", "trigger", "a b", "--conf", '{"x": "y\'s"}']
    done = subprocess.run([state / "airflow", *words], env=shell, capture_output=True, text=True, check=True)
    assert done.stdout == f"{words} {sorted({**environment, 'TERM': 'xterm'}.items())}\n"
    lock.release()
