"""A child process: its start, its log, its end when the parent ends, and how it is stopped.

Contract: standard library only, since COPY's workers import this. PyPI's supervisors were looked at first: honcho and
supervisor start in no order and wait for nothing, circus brings ZeroMQ, mirakuru allows no set-up in the child and so
no death signal.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_POLL_SECONDS = 0.01


class ChildProcess:
    """A program that runs no longer than the process that starts it.

    It gets a session of its own, so that Ctrl-C in a terminal reaches its parent only. On Linux it gets SIGINT when the
    thread that started it ends.

    :param command: the command line.
    :param log: file that its output is appended to; its folder is made.
    :param environment: its whole environment; this process's by default.
    :param folder: its working folder; this process's by default.
    :param user: the id of the user to run it as; this process's by default.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        user: int | None = None,
    ) -> None:
        self.log = log
        self._command = command
        self._environment = environment
        self._folder = folder
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None
        self._logged_before = 0

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs, before its start and after ``stop``."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._logged_before = output.tell()
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=stop_with_parent(os.getpid()),
            )

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until a condition is true, and return whether it came true while the program ran.

        :param condition: asked a hundred times a second.
        :param timeout: seconds to wait at most.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            ended = self.pid is None  # asked first: what it did last counts
            if condition():
                return True
            if ended:
                return False
            time.sleep(_POLL_SECONDS)
        return False

    def logged(self) -> str:
        """Return what it has written to its log since its start."""
        with self.log.open("rb") as file:
            file.seek(self._logged_before)
            return file.read().decode(errors="replace")

    def wait(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        return 0 if self._process is None else self._process.wait()

    def stop(self, *signals: tuple[int, float]) -> None:
        """Stop it and wait until it is gone.

        :param signals: the signals to send in turn, each with the seconds to wait after it. Then it is killed.
        """
        if self._process is None:
            return
        for number, seconds in signals:
            self._process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
                break
        else:
            self._process.kill()
            self._process.wait()
        self._process = None


def stop_with_parent(parent: int) -> Callable[[], None]:
    """Return what a child does before it becomes the program: ask for SIGINT if its parent dies.

    :param parent: the parent's process id.
    """

    def arrange() -> None:
        if _LIBC is None:
            return
        # A shell without job control has what it starts with "&" ignore SIGINT, and so all that this starts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arrange
