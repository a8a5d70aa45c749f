"""The processes of a run, found by a mark in their environment, also after the runner was killed.

Contract: touches only processes that have the given mark.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

import psutil

from local.runner.environment import MARK


def make_mark(folder: Path) -> str:
    """Return a unique mark for one run on a source's folder.

    Each process of the run has it in the variable ``MARK`` of its environment.
    """
    return f"{folder}#{secrets.token_hex(8)}"


def find_processes(mark: str | Path) -> list[psutil.Process]:
    """Return the processes of one run, or of all runs on a source's folder or state folder, without this process."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and _has_mark(process, str(mark)):
                found.append(process)
    return found


def _has_mark(process: psutil.Process, mark: str) -> bool:
    value = process.environ().get(MARK, "")
    return value == mark or value.startswith((f"{mark}#", f"{mark}/"))


def end_processes(mark: str | Path, patience: float) -> int:
    """Wait for the processes of a run to end by themselves, then kill those that do not.

    :param mark: the run's mark, or a folder for all runs on that.
    :param patience: seconds to wait before they are asked to end, and again before they are killed.
    :returns: how many there were.
    """
    left = find_processes(mark)
    _, alive = psutil.wait_procs(left, timeout=patience)
    for process in alive:
        with suppress(psutil.Error):
            process.terminate()
    psutil.wait_procs(alive, timeout=patience)
    for process in find_processes(mark):
        with suppress(psutil.Error):
            process.kill()
    return len(left)
