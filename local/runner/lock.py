"""The lock of a state folder: one process holds it at a time, and only that process stops what runs there."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from local.runner.errors import RunnerError
from local.runner.settings import Ports


class FolderLock:
    """The lock of a state folder. The kernel releases it when the process ends, however it ends.

    :param folder: the state folder; made when absent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    @property
    def held(self) -> bool:
        """Whether this process holds the lock."""
        return self._file is not None

    def take(self) -> None:
        """Take the lock.

        :raises RunnerError: when another process holds it; the message names the process.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        file = (self._folder / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            with file:
                raise RunnerError(self._refusal(find_holder(self._folder))) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Release the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _refusal(self, holder: int | None) -> str:
        who, or_kill = (f", process {holder}", f", or with kill {holder}") if holder else ("", "")
        ports = " ".join(f"{name.upper()}_PORT={port + 1}" for name, port in vars(Ports()).items())
        return (
            f"Another run uses the folder {self._folder}{who}, and is not disturbed. Stop it with Ctrl-C in its "
            f"terminal{or_kill}. To start a second run beside it, use a second checkout and other ports: "
            f"make run {ports}"
        )


def find_holder(folder: Path) -> int | None:
    """Return the process that holds the lock of a folder: its id is in the lock file, and it has the file open."""
    file = folder / "lock"
    with suppress(ValueError, psutil.Error, OSError):
        pid = int(file.read_text())
        if any(os.path.samefile(opened.path, file) for opened in psutil.Process(pid).open_files()):
            return pid
    return None
