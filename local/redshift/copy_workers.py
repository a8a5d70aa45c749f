"""The processes that convert large COPYs, as Redshift's slices do: one a core, shared by all COPYs.

Contract: started when the first COPY needs them, gone with the server however that ends. A worker knows no client, no
connection and no secret: it gets lines and a recipe, and returns rows.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from local.postgres_process import stop_with_parent
from local.redshift.copy.conversion import Converted, Piece, Recipe, convert_pieces

log = logging.getLogger(__name__)

#: One connection of PostgreSQL takes no more than what three or four cores convert.
_MOST = 4


class CopyWorkers:
    """A pool of worker processes.

    :param count: how many; by default as many as there are cores, within reason.
    """

    def __init__(self, count: int | None = None) -> None:
        self._count = count or max(1, min(_MOST, len(os.sched_getaffinity(0))))
        self._pool: ProcessPoolExecutor | None = None
        self._stopped = False
        self._lock = threading.Lock()
        #: Enough that no worker waits while a load's oldest piece is being sent.
        self.depth = 2 * self._count + 1

    @property
    def ready(self) -> bool:
        """Whether the processes have been started."""
        return self._pool is not None

    def submit(self, recipe: Recipe, pieces: Sequence[Piece]) -> Future[Converted]:
        """Have pieces converted by a worker; if one dies meanwhile, the future fails with BrokenProcessPool."""
        with self._lock:
            try:
                return self._running().submit(convert_pieces, recipe, pieces)
            except BrokenProcessPool:
                log.warning("A worker process of COPY has died; new ones are started.")
                self._pool = None
                return self._running().submit(convert_pieces, recipe, pieces)

    def _running(self) -> ProcessPoolExecutor:
        if self._stopped:
            raise RuntimeError("The server is stopping.")
        if self._pool is None:
            # A fork would inherit clients' connections, and locks that another thread holds.
            self._pool = ProcessPoolExecutor(
                self._count,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(os.getpid(),),
            )
        return self._pool

    def stop(self) -> None:
        """End the processes; there are no others afterwards, even if a load is still under way."""
        with self._lock:
            self._stopped = True
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None


def _begin(parent: int) -> None:
    """Make a worker end with the server, and only with it: Ctrl-C in a terminal reaches all processes there."""
    stop_with_parent(parent)()
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(0) if os.getppid() != parent else None)
