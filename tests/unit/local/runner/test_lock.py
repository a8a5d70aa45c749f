"""Only one process may run in a state folder, and one that is refused leaves it alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.runner.environment import MARK
from local.runner.errors import RunnerError
from local.runner.lock import FolderLock
from local.runner.run_processes import make_mark
from local.runner.settings import ROOT, Ports, RunnerSettings
from local.runner.stack import Stack

HOLDER = """
import sys, time
from pathlib import Path
from local.runner.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.take()
print("taken", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    """A process that has the lock, and the mark of a run on the folder as all that a run starts."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, MARK: make_mark(tmp_path / "sample-1")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "taken\n"
    yield process
    process.kill()
    process.wait()


def test_it_is_refused_with_what_the_user_can_type(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(RunnerError) as refused:
        FolderLock(tmp_path).take()
    assert f"Another run uses the folder {tmp_path}, process {holder.pid}, and is not disturbed." in str(refused.value)
    assert f"with kill {holder.pid}" in str(refused.value)
    assert "make run AIRFLOW_PORT=8081 REDSHIFT_PORT=5440 S3_PORT=9001" in str(refused.value)
    assert "--" not in str(refused.value)


def test_a_refused_stack_stops_nothing(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text("{}")
    stack = Stack(RunnerSettings(state=tmp_path, ports=Ports(0, 0, 0)))
    with pytest.raises(RunnerError, match="Another run uses the folder"):
        stack.start()
    stack.stop()
    assert holder.poll() is None
    assert (tmp_path / "running.json").exists()


@pytest.mark.parametrize("how", ["make's program", "a symbolic link"])
def test_a_second_run_is_refused_and_the_first_goes_on(holder: subprocess.Popen[str], tmp_path: Path, how: str) -> None:
    state = tmp_path
    if how == "a symbolic link":
        state = tmp_path.with_name(f"{tmp_path.name}-link")
        state.symlink_to(tmp_path)
    command = [sys.executable, "-m", "local.runner", "--state", str(state), "--once"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Error: Another run uses the folder" in done.stdout
    assert "Stopping" not in done.stdout + done.stderr
    assert holder.poll() is None


def test_a_killed_holder_leaves_no_lock(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    lock = FolderLock(tmp_path)
    lock.take()
    assert lock.held
    lock.release()
    assert not lock.held


def test_the_process_of_an_old_lock_file_is_not_named(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    lock.take()
    (tmp_path / "lock").write_text("1\n")
    with pytest.raises(RunnerError) as refused:
        FolderLock(tmp_path).take()
    assert ", process" not in str(refused.value)
    assert "kill" not in str(refused.value)
    lock.release()
