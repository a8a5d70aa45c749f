"""Child processes start, are watched, and end with all their own children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local.runner.child import Child
from local.runner.environment import MARK
from local.runner.errors import RunnerError
from local.runner.run_processes import end_processes, find_processes, make_mark
from local.runner.watchdog import start_watchdog
from local_redshift.testing import wait_until

SLEEP = "import time; time.sleep(60)"
#: Ignores SIGTERM and has a child in a session of its own.
STUBBORN = f"""
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", {SLEEP!r}], start_new_session=True)
print("ready", flush=True)
time.sleep(60)
"""


def child(tmp_path: Path, program: str, **environment: str) -> Child:
    return Child(
        "The program", [sys.executable, "-c", program], {**os.environ, **environment}, tmp_path, tmp_path / "log"
    )


def test_output_goes_to_the_log_and_success_is_waited_for(tmp_path: Path) -> None:
    program = child(tmp_path, "print('done')")
    program.start()
    program.wait()
    assert (tmp_path / "log").read_text() == "done\n"


def test_a_child_that_ended_is_told_with_its_exit_code_and_the_end_of_its_log(tmp_path: Path) -> None:
    program = child(tmp_path, "print('no disk left'); raise SystemExit(3)")
    program.start()
    with pytest.raises(RunnerError) as caught:
        program.wait()
    said = str(caught.value)
    assert "The program ended with exit code 3" in said
    assert str(tmp_path / "log") in said
    assert said.endswith("  no disk left")


def test_a_stubborn_child_is_killed_with_its_own_children(tmp_path: Path) -> None:
    program = child(tmp_path, STUBBORN)
    program.start()
    wait_until(lambda: "ready" in (tmp_path / "log").read_text())
    assert program.pid is not None
    family = [psutil.Process(program.pid), *psutil.Process(program.pid).children(recursive=True)]
    assert len(family) == 2
    program.ask_to_stop()
    program.finish_stopping(0.3)
    assert program.pid is None
    assert not any(process.is_running() and process.status() != "zombie" for process in family)


@pytest.mark.parametrize("handler", ["SIG_DFL", "SIG_IGN"])
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path, handler: str) -> None:
    parent = f"""
import os, signal, sys, time
from pathlib import Path
from local.runner.child import Child
signal.signal(signal.SIGINT, signal.{handler})
program = Child("x", [sys.executable, "-c", {SLEEP!r}], os.environ, Path("/"), Path({str(tmp_path / "log")!r}))
program.start()
print(program.pid, flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")


def test_processes_of_a_run_are_known_by_their_mark_and_ended(tmp_path: Path) -> None:
    ours = subprocess.Popen([sys.executable, "-c", SLEEP], env={**os.environ, MARK: make_mark(tmp_path / "sample-1")})
    other = subprocess.Popen([sys.executable, "-c", SLEEP], env={**os.environ, MARK: "/another"})
    try:
        assert [process.pid for process in find_processes(tmp_path / "sample-1")] == [ours.pid]
        assert [process.pid for process in find_processes(tmp_path)] == [ours.pid]
        assert find_processes(tmp_path / "sample") == []
        assert end_processes(tmp_path, patience=0.2) == 1
        ours.wait(60)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_watchdog_ends_what_is_left_when_the_runner_is_gone_and_leaves_the_next_run_alone(tmp_path: Path) -> None:
    mark = make_mark(tmp_path)
    left = subprocess.Popen([sys.executable, "-c", SLEEP], env={**os.environ, MARK: mark})
    next_run = subprocess.Popen([sys.executable, "-c", SLEEP], env={**os.environ, MARK: make_mark(tmp_path)})
    watchdog = start_watchdog(mark, patience=0.2)
    assert watchdog.stdin is not None
    time.sleep(0.3)
    assert left.poll() is None
    watchdog.stdin.close()
    assert left.wait(60) == -signal.SIGTERM
    assert watchdog.wait(60) == 0
    assert next_run.poll() is None
    next_run.kill()
    next_run.wait()
