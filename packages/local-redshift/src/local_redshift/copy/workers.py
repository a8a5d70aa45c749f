"""The processes that convert large COPYs, as Redshift's slices do: one a core, shared by all COPYs.

Contract: started when the first COPY needs them, stopped with the server, however it ends. A worker knows no client, no
connection and no secret: it gets lines and a spec, and returns rows.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from local_redshift.child_process import stop_with_parent
from local_redshift.copy.conversion import Block, ConversionSpec, Converted, convert_blocks
from local_redshift.copy.slots import SharedBlocks, Slots, convert_shared

log = logging.getLogger(__name__)

#: Three or four cores convert as much as one connection of PostgreSQL can load.
_MOST = 4


class _Pool:
    """Worker processes with the memory that they share; memory of workers that died is not used again.

    :param count: how many processes.
    :param slots: how many tasks may be in shared memory at once.
    """

    def __init__(self, count: int, slots: int) -> None:
        # A fork would inherit clients' connections, and locks that another thread holds.
        self._executor = ProcessPoolExecutor(
            count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(os.getpid(),)
        )
        try:
            self._slots: Slots | None = Slots(slots)
        except OSError as error:
            log.warning("There is no shared memory (%s); COPY is slower without it.", error)
            self._slots = None

        self._started = self._executor.submit(os.getpid)

    @property
    def ready(self) -> bool:
        """Whether a process has begun to work, or all have failed to."""
        return self._started.done()

    def submit(self, spec: ConversionSpec, blocks: Sequence[Block]) -> Future[Converted]:
        """Have blocks converted.

        :raises BrokenProcessPool: when a worker has died.
        """
        shared = self._slots.put(blocks) if self._slots else None
        if self._slots is None or shared is None:
            return self._executor.submit(convert_blocks, spec, blocks)
        try:
            inner = self._executor.submit(convert_shared, spec, shared)
        except BaseException:
            self._slots.release(shared)
            raise
        return _unpacked(inner, self._slots, shared)

    def stop(self) -> None:
        """End the processes."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self.remove_memory()

    def remove_memory(self) -> None:
        """Remove the shared memory of processes that have ended."""
        if self._slots is not None:
            self._slots.remove()


class CopyWorkers:
    """A pool of worker processes.

    :param count: how many; by default as many as there are cores, within reason.
    """

    def __init__(self, count: int | None = None) -> None:
        self._count = count or max(1, min(_MOST, len(os.sched_getaffinity(0))))
        self._pool: _Pool | None = None
        self._stopped = False
        self._lock = threading.Lock()
        #: Enough that no worker waits while a load's oldest block is being sent.
        self.depth = 2 * self._count + 1

    @property
    def ready(self) -> bool:
        """Whether the processes can begin at once."""
        pool = self._pool
        return pool is not None and pool.ready

    def start(self) -> None:
        """Start the processes, unless they have been started; returns at once."""
        with self._lock:
            self._running()

    def submit(self, spec: ConversionSpec, blocks: Sequence[Block]) -> Future[Converted]:
        """Have blocks converted by a worker; if one dies meanwhile, the future fails with BrokenProcessPool."""
        with self._lock:
            try:
                return self._running().submit(spec, blocks)
            except BrokenProcessPool:
                log.warning("A worker process of COPY has died; new ones are started.")
                self._running().remove_memory()
                self._pool = None
                return self._running().submit(spec, blocks)

    def _running(self) -> _Pool:
        if self._stopped:
            raise RuntimeError("The server is stopping.")
        if self._pool is None:
            self._pool = _Pool(self._count, self.depth)
        return self._pool

    def stop(self) -> None:
        """End the processes, and start no others even if a load is still under way."""
        with self._lock:
            self._stopped = True
            if self._pool is not None:
                self._pool.stop()
                self._pool = None


def _unpacked(inner: Future[tuple[Converted, int]], slots: Slots, shared: SharedBlocks) -> Future[Converted]:
    """Return a future of the rows in a slot; the slot is released when the work has ended, even if it was cancelled.

    Cancelling it does not stop the work: that would need a reference to ``inner``, and such cycles keep rows in memory.
    """
    outer: Future[Converted] = Future()

    def finish(done: Future[tuple[Converted, int]]) -> None:
        try:
            if not outer.set_running_or_notify_cancel():
                return
            found, length = done.result()
            outer.set_result(replace(found, rows=slots.take(shared, length)) if length else found)
        except (Exception, CancelledError) as error:
            outer.set_exception(error)
        finally:
            slots.release(shared)

    inner.add_done_callback(finish)
    return outer


def _begin(parent: int) -> None:
    """Make a worker end with the server, and not by Ctrl-C, which a terminal sends to all processes."""
    stop_with_parent(parent)()
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(0) if os.getppid() != parent else None)
