"""``make run`` as a user types it: what it loads, says and leaves, in a shell and a folder that are full of traps."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from local.runner.access import read_access
from local.runner.failures import describe_failures
from local.runner.loading import HOURLY
from local.runner.run_processes import end_processes, find_processes
from local.runner.settings import ROOT
from local.runner.stack import Stack
from tests.support.hostile import ALL_HOSTILE, make_hostile_home
from tests.support.source_bucket import SourceBucket

_PORTS = ("--airflow-port", "0", "--redshift-port", "0", "--s3-port", "0")
_SECONDS = 600
#: With it make ends when its command has failed; it says with what.
_MAKE_FAILED = 2


#: What a checkout has of its own. Its environment is the one that these tests run in, and is not made again.
_PARTS = ("Makefile", "requirements", "packages", "local", "dags", "plugins", "sql", "notebooks")
_MAKE = ("make", "--old-file", ".venv/.ready")
_README_COMMANDS = [
    *re.findall(r"^\$ airflow (.+)$", (ROOT / "README.md").read_text(), re.MULTILINE),
    *re.findall(r"`\.state/airflow (.+?)`", (ROOT / "README.md").read_text()),
]


class Runner:
    """A user's checkout, shell and home folder, and ``make run`` in it.

    :param folder: for all of them.
    """

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / 'it\'s a checkout & more, 100% "mine"'
        self.checkout.mkdir()
        for part in _PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, self.checkout / part)
        (self.checkout / ".venv").symlink_to(Path(sys.prefix))
        self.state = self.checkout / ".state"
        self.run = self.state / "sample-1"
        self.output = folder / "said"
        self.shell = {"PATH": os.environ["PATH"], **ALL_HOSTILE, "HOME": str(make_hostile_home(folder / "home"))}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        command = [*_MAKE, "run", "AIRFLOW_PORT=0", "REDSHIFT_PORT=0", "S3_PORT=0", *options]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=self.checkout,
                env=self.shell,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def finish(self, *options: str) -> tuple[int, str]:
        self.start(*options)
        return self.wait(), self.said()

    def wait(self) -> int:
        assert self.process is not None
        return self.process.wait(_SECONDS)

    def signal(self, number: int) -> None:
        """Send a signal to the runner itself, whose number is in the lock."""
        os.kill(int((self.state / "lock").read_text()), number)

    def type(self, *command: str | Path, folder: Path | None = None, typed: str = "") -> tuple[int, str]:
        """Run another command in the user's shell, by default in the checkout; return its exit code and output."""
        done = subprocess.run(
            command,
            cwd=folder or self.checkout,
            env=self.shell,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return done.returncode, done.stdout

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_said(self, text: str) -> None:
        self.wait_until(lambda: text in self.said())

    def wait_until(self, condition: Callable[[], bool], seconds: float = _SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process is not None
            assert time.monotonic() < deadline, self.said()
            assert self.process.poll() in (None, _MAKE_FAILED), self.said()
            time.sleep(0.1)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(tmp_path)
    yield runner
    if runner.process is not None and runner.process.poll() is None:
        os.killpg(runner.process.pid, signal.SIGKILL)
        runner.process.wait()
    end_processes(runner.run, patience=1)


def kill_while_tables_are_created(runner: Runner) -> None:
    """Start the runner, kill it when Airflow is up, and wait until all that it started has ended by itself."""
    runner.start("HOURS=3", "SONGS=40")
    runner.wait_until_said("Creating the tables")
    runner.signal(signal.SIGKILL)
    runner.wait()
    runner.wait_until(lambda: not find_processes(runner.run), seconds=40)
    assert not list(runner.checkout.rglob("*{AIRFLOW_HOME}*"))


def start_and_load(runner: Runner) -> None:
    """Start the runner, and wait until three hours are loaded."""
    runner.start("HOURS=3", "SONGS=40")
    runner.wait_until_said("Ctrl-C stops everything.")
    assert "All 3 hours are loaded" in runner.said()
    with psycopg.connect(read_access(runner.state).redshift) as connection:
        # the scheduler also loads the hours of the present, which hold nothing
        query = "SELECT COUNT(*) FROM etl.load_ledger WHERE target_table = 'songplays' AND source_partition < '2019'"
        assert connection.execute(query).fetchone() == (3,)


def stop_by_ctrl_c(runner: Runner) -> None:
    """Stop the runner as its user does, and look for what is left."""
    assert runner.process is not None
    assert runner.process.poll() is None
    runner.signal(signal.SIGINT)
    assert runner.wait() == 0
    assert runner.said().rstrip().endswith("Stopping …")
    assert find_processes(runner.state) == []


def assert_shows_what_is_loaded(said: str) -> None:
    """Look for the summary."""
    assert "Traceback" not in said
    for shown in ("songplays", "etl.load_ledger", "Top songs", "Active users by hour", "Free against paid", "psql "):
        assert shown in said


@pytest.mark.timeout(1200)  # two starts
def test_it_goes_on_after_a_kill_shows_what_is_loaded_and_stops_on_ctrl_c(runner: Runner) -> None:
    kill_while_tables_are_created(runner)
    code, said = runner.type(*_MAKE, "psql")
    assert (code, "Nothing runs in" in said) == (_MAKE_FAILED, True), said

    start_and_load(runner)
    assert_shows_what_is_loaded(runner.said())
    code, said = runner.type(*_MAKE, "run")
    assert (code, "Error: Another run uses the folder" in said) == (_MAKE_FAILED, True), said
    assert "Stopping" not in said
    code, said = runner.type(*_MAKE, "psql", typed="SELECT COUNT(*) FROM songs;")
    assert (code, "40" in said) == (0, True), said
    stop_by_ctrl_c(runner)


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)  # three starts, and Airflow's command line as often
def test_it_loads_the_sample_once_then_more_and_serves_the_commands_of_the_readme(
    runner: Runner, tmp_path: Path
) -> None:
    """``ONCE=1``, a kill of a run that finds loaded hours, and every command of the README: of ``make test-all``."""
    code, said = runner.finish("ONCE=1", "HOURS=2", "SONGS=40")
    assert code == 0, said
    assert "All 2 hours are loaded, 2 of them now, and every check passed" in said
    assert_shows_what_is_loaded(said)
    assert find_processes(runner.run) == []

    kill_while_tables_are_created(runner)
    start_and_load(runner)
    _try_other_commands(runner, tmp_path)
    stop_by_ctrl_c(runner)


def _try_other_commands(runner: Runner, elsewhere: Path) -> None:
    """Use a running system as the README says, from another folder too, in which a file has a module's name."""
    notebook = runner.checkout / "notebooks" / "querying_the_redshift_cluster.ipynb"
    before = notebook.read_text()
    code, said = runner.type(*_MAKE, "notebook")
    assert (code, "was run from top to bottom" in said) == (0, True), said
    assert notebook.read_text() != before
    (elsewhere / "secrets.py").write_text("raise RuntimeError('the user has a file of this name')")
    airflow = runner.state / "airflow"
    assert len(_README_COMMANDS) >= 3
    answers = {text: runner.type(airflow, *shlex.split(text), folder=elsewhere) for text in _README_COMMANDS}
    assert {text: code for text, (code, _) in answers.items()} == dict.fromkeys(_README_COMMANDS, 0), answers
    assert "sparkify_hourly" in answers["dags list"][1]
    # with what the command has, the warehouse is trusted, and all else is found
    sparkify = [sys.executable, "-m", "sparkify", "doctor"]
    environment = {**read_access(runner.state).environment, "PYTHONPATH": str(runner.checkout / "plugins")}
    done = subprocess.run(sparkify, cwd=elsewhere.parent, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "encrypted" in done.stdout) == (0, True), done.stdout + done.stderr


def test_a_second_run_on_the_same_folder_is_refused(stack: Stack) -> None:
    command = [sys.executable, "-m", "local.runner", "--state", str(stack.settings.state), *_PORTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Error: Another run uses the folder {stack.settings.state}" in done.stdout
    stack.check()


def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        environment = {**os.environ, "AIRFLOW_PORT": str(port), "REDSHIFT_PORT": "0", "S3_PORT": "0"}
        command = [sys.executable, "-m", "local.runner", "--once", "--state", str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Error: Port {port}, which Airflow's UI and API needs, is taken by process" in done.stdout
    assert f"make run AIRFLOW_PORT={port + 1}" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_failed_hour_is_told_with_task_file_line_and_log(
    stack: Stack, bucket: SourceBucket, new_day: datetime, events: list[list[str]]
) -> None:
    good = events[1] * 3  # an hour may have a single event
    lines = [*good[:3], '{"ts": 154', *good[3:]]
    bucket.put_events(new_day + timedelta(hours=1), lines)
    run_id = stack.api.trigger_window(HOURLY, new_day + timedelta(hours=1), new_day + timedelta(hours=2))
    assert stack.api.wait(HOURLY, run_id) == "failed"
    (said,) = describe_failures(stack, [stack.api.run(HOURLY, run_id)])
    assert said.startswith(f"Task stage.stage_events of {HOURLY}, run {run_id}, failed in try 1:")
    assert f"{new_day:%Y/%m/%d}/01/events.json.gz" in said
    assert "line 4" in said
    log = Path(said.rpartition("Its log: ")[2])
    assert log.is_file()
