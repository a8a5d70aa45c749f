"""``python -m local.runner``, the command behind ``make run``, as a process: what it loads, says and leaves."""

from __future__ import annotations

import os
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

from local.runner.failures import describe_failures
from local.runner.leftovers import end_processes, find_processes
from local.runner.loading import HOURLY
from local.runner.settings import ROOT
from local.runner.stack import Stack, read_access
from tests.e2e.conftest import SourceBucket

_PORTS = ("--airflow-port", "0", "--redshift-port", "0", "--s3-port", "0")
_SECONDS = 600


class Runner:
    """The runner as a process, its state in a folder of the test's."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.run = state / "sample-1"
        self.output = state.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        command = [sys.executable, "-m", "local.runner", "--state", str(self.state), *_PORTS, *options]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )

    def finish(self, *options: str) -> tuple[int, str]:
        self.start(*options)
        return self.wait(), self.said()

    def wait(self) -> int:
        assert self.process is not None
        return self.process.wait(_SECONDS)

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_said(self, text: str) -> None:
        self.wait_until(lambda: text in self.said())

    def wait_until(self, condition: Callable[[], bool], seconds: float = _SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process is not None
            assert time.monotonic() < deadline, self.said()
            assert self.process.poll() in (None, -signal.SIGKILL), self.said()
            time.sleep(0.1)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(tmp_path / "state")
    yield runner
    if runner.process is not None and runner.process.poll() is None:
        runner.process.kill()
        runner.process.wait()
    end_processes(runner.run, patience=1)


def test_it_loads_the_sample_goes_on_after_a_kill_and_stops_on_ctrl_c(runner: Runner) -> None:
    code, said = runner.finish("--once", "--hours", "2", "--songs", "40")
    assert code == 0, said
    assert "All 2 hours are loaded, 2 of them now, and every check passed" in said
    for shown in ("songplays", "etl.load_ledger", "Top songs", "Active users by hour", "Free against paid", "psql "):
        assert shown in said
    assert find_processes(runner.run) == []

    runner.start("--hours", "3", "--songs", "40")
    runner.wait_until_said("Creating the tables")
    runner.signal(signal.SIGKILL)
    runner.wait()
    runner.wait_until(lambda: not find_processes(runner.run), seconds=40)

    runner.start("--hours", "3", "--songs", "40")
    runner.wait_until_said("Ctrl-C stops everything.")
    assert "All 3 hours are loaded" in runner.said()
    with psycopg.connect(read_access(runner.state)["redshift"]) as connection:
        # the scheduler also loads the hours of the present, which hold nothing
        query = "SELECT COUNT(*) FROM etl.load_ledger WHERE target_table = 'songplays' AND source_partition < '2019'"
        assert connection.execute(query).fetchone() == (3,)
    listed = subprocess.run([runner.state / "airflow", "dags", "list"], capture_output=True, text=True, check=True)
    assert "sparkify_hourly" in listed.stdout
    failed = [runner.state / "airflow", "dags", "list-runs", "sparkify_hourly", "--state", "failed"]
    listed = subprocess.run(failed, capture_output=True, text=True, check=True)
    assert "No data found" in listed.stdout
    runner.signal(signal.SIGINT)
    assert runner.wait() == 0
    assert runner.said().rstrip().endswith("Stopping …")
    assert find_processes(runner.run) == []


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
