"""A child process of the runner: its start, its log, its end with all its own children."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from local.runner.errors import RunnerError
from local_redshift.postgres.processes import stop_with_parent


class Child:
    """A program that runs as long as the runner does.

    PyPI's supervisors were looked at first: honcho and supervisor start in no order and wait for nothing, circus
    brings ZeroMQ, mirakuru allows no set-up in the child and so no death signal. psutil does the hard part here.

    :param name: how messages call it.
    :param command: the command line.
    :param environment: its whole environment.
    :param folder: its working folder.
    :param log: file that its output is appended to.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = dict(environment)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._family: list[psutil.Process] = []

    def start(self) -> None:
        """Start it. Linux ends it when the calling thread ends."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=stop_with_parent(os.getpid()),
            )

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def require_running(self) -> None:
        """Check that it runs.

        :raises RunnerError: when it has ended, with the end of its log.
        """
        if self._process is None or self._process.poll() is None:
            return
        raise RunnerError(
            f"{self.name} ended with exit code {self._process.returncode}. Its log is {self.log}; its last lines:\n"
            + last_lines(self.log)
        )

    def wait(self) -> None:
        """Wait until it has done its work.

        :raises RunnerError: when it failed.
        """
        if self._process is not None and self._process.wait() != 0:
            self.require_running()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to it alone; its own children are its business as long as it lives."""
        if self.pid is None:
            return
        with suppress(psutil.Error):
            leader = psutil.Process(self.pid)
            self._family = [leader, *leader.children(recursive=True)]
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def finish_stopping(self, timeout: float) -> None:
        """Wait for its end, then kill what is left of it and its children.

        :param timeout: seconds to wait.
        """
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        for process in self._family:
            with suppress(psutil.Error):
                process.kill()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        psutil.wait_procs(self._family, timeout=5)
        self._process = None


def last_lines(log: Path, count: int = 15) -> str:
    """Return the last lines of a log."""
    try:
        return "\n".join(f"  {line}" for line in log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return "  (no log)"
