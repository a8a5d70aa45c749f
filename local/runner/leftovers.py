"""Processes that an earlier run left behind, known by a mark in their environment.

Contract: touches only processes that bear the mark of the one state folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

#: Every process of a run has this variable; its value is the state folder.
MARK = "SPARKIFY_RUN"


@contextmanager
def marked_environment(folder: Path) -> Iterator[None]:
    """Mark the processes that are started inside the block."""
    before = os.environ.get(MARK)
    os.environ[MARK] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[MARK]
        else:
            os.environ[MARK] = before


def find_processes(folder: Path) -> list[psutil.Process]:
    """Return the processes of a run, this one excepted."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(folder):
                found.append(process)
    return found


def end_processes(folder: Path, patience: float) -> int:
    """Wait for the processes of a run to end by themselves, then kill those that do not.

    :param folder: the run's state folder.
    :param patience: seconds to wait before they are told to end, and again before they are killed.
    :returns: how many there were.
    """
    left = find_processes(folder)
    _, alive = psutil.wait_procs(left, timeout=patience)
    for process in alive:
        with suppress(psutil.Error):
            process.terminate()
    psutil.wait_procs(alive, timeout=patience)
    for process in find_processes(folder):
        with suppress(psutil.Error):
            process.kill()
    return len(left)
