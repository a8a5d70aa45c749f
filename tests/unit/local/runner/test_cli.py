"""The runner's command line, as far as it needs no server."""

from __future__ import annotations

import io
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import rich.console
from click.testing import CliRunner

from local.runner.cli import main, run
from local.runner.console import Console
from local.runner.errors import RunnerError
from local.runner.settings import Ports, RunnerSettings


def start(settings: RunnerSettings) -> tuple[int, str]:
    output = io.StringIO()
    code = run(settings, Console(rich.console.Console(file=output, soft_wrap=True)), once=True)
    return code, output.getvalue()


def test_a_taken_port_ends_the_run_with_its_sentence_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code, said = start(RunnerSettings(state=tmp_path, ports=Ports(0, port, 0)))
    assert code == 1
    assert f"Error: Port {port}, which the local Redshift needs, is taken" in said
    assert not (tmp_path / "sample-1" / "metadata").exists()


def test_a_folder_without_logs_ends_the_run_with_its_sentence(tmp_path: Path) -> None:
    code, said = start(RunnerSettings(state=tmp_path / "state", data=tmp_path, ports=Ports(0, 0, 0)))
    assert code == 1
    assert "has no event logs" in said
    assert "Traceback" not in said


def test_a_path_that_airflow_would_take_for_a_variable_is_refused(tmp_path: Path) -> None:
    code, said = start(RunnerSettings(state=tmp_path / "costs $HOME" / "state", ports=Ports(0, 0, 0)))
    assert code == 1
    assert "has a $ in it, which Airflow takes for a variable: move the checkout." in said
    assert not (tmp_path / "costs $HOME").exists()


def test_psql_without_a_run_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["psql", "--state", str(tmp_path)])
    assert done.exit_code == 1
    assert f"Nothing runs in {tmp_path}: start it with make run" in done.output


def test_ports_are_taken_from_the_environment() -> None:
    done = CliRunner().invoke(main, ["--once"], env={"AIRFLOW_PORT": "many"})
    assert done.exit_code == 2
    assert "'many' is not a valid integer range" in done.output


def test_a_data_folder_may_be_given_with_a_tilde_and_by_the_environment(tmp_path: Path) -> None:
    environment = {"DATA": "~/none", "HOME": str(tmp_path), "ONCE": "1"}
    done = CliRunner().invoke(main, ["--state", str(tmp_path / "state")], env=environment)
    assert done.exit_code == 1
    assert f"{tmp_path}/none is not a folder" in done.output


class Interrupted:
    """A stack during whose start a signal comes, and another one while it stops.

    :param number: the signal.
    :param stopped: called when it has stopped.
    """

    def __init__(self, number: int, stopped: Callable[[], None]) -> None:
        self.folder = Path("/somewhere")
        self._number = number
        self._stopped = stopped

    def start(self) -> None:
        self._send()
        raise RunnerError("It was not interrupted.")

    def stop(self) -> None:
        self._send()
        self._stopped()

    def _send(self) -> None:
        """Send the signal to this thread: one to the process may reach another thread, and Python sees it later."""
        signal.pthread_kill(threading.get_ident(), self._number)


@pytest.fixture
def handle() -> Iterator[Callable[[int, signal.Handlers], None]]:
    """Sets a signal's handler for the test: a run under nohup inherits that SIGHUP is ignored."""
    before: dict[int, object] = {}

    def set_handler(number: int, handler: signal.Handlers) -> None:
        before[number] = signal.signal(number, handler)

    yield set_handler
    for number, handler in before.items():
        signal.signal(number, handler)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_start_stops_what_was_started_and_a_second_one_does_not_disturb(
    monkeypatch: pytest.MonkeyPatch, handle: Callable[[int, signal.Handlers], None], number: int
) -> None:
    stops: list[int] = []
    handle(number, signal.SIG_DFL)
    monkeypatch.setattr("local.runner.cli.Stack", lambda *_: Interrupted(number, lambda: stops.append(number)))
    code, said = start(RunnerSettings())
    assert (code, stops) == (128 + number, [number])
    assert "Error" not in said
    assert signal.getsignal(number) is signal.SIG_DFL


def test_under_nohup_the_end_of_the_terminal_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, handle: Callable[[int, signal.Handlers], None]
) -> None:
    monkeypatch.setattr("local.runner.cli.Stack", lambda *_: Interrupted(signal.SIGHUP, lambda: None))
    handle(signal.SIGHUP, signal.SIG_IGN)
    code, said = start(RunnerSettings())
    assert (code, "It was not interrupted." in said) == (1, True)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
