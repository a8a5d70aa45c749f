"""A child process of the runner: one that has a name in messages, and ends with all its own children."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from local.runner.errors import RunnerError
from local_redshift.supervision import ChildProcess


class Child(ChildProcess):
    """A program that runs as long as the runner does.

    :param name: how messages call it.
    :param command: the command line.
    :param environment: its whole environment.
    :param folder: its working folder.
    :param log: file that its output is appended to.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        super().__init__(command, log=log, environment=dict(environment), folder=folder)
        self.name = name
        self._family: list[psutil.Process] = []

    def require_running(self) -> None:
        """Check that it runs.

        :raises RunnerError: when it has ended, with the end of its log.
        """
        if self.exit_code is not None:
            raise RunnerError(
                f"{self.name} ended with exit code {self.exit_code}. Its log is {self.log}; its last lines:\n"
                + last_lines(self.log)
            )

    def wait(self) -> int:
        """Wait until it has done its work.

        :raises RunnerError: when it failed.
        """
        code = super().wait()
        if code != 0:
            self.require_running()
        return code

    def ask_to_stop(self) -> None:
        """Send SIGTERM only to this process; while it runs, it stops its own children itself."""
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
        self.wait_until(lambda: self.pid is None, timeout)
        for process in self._family:
            with suppress(psutil.Error):
                process.kill()
        self.stop()
        psutil.wait_procs(self._family, timeout=5)


def last_lines(log: Path, count: int = 15) -> str:
    """Return the last lines of a log."""
    try:
        return "\n".join(f"  {line}" for line in log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return "  (no log)"
