"""Sends a load's rows to the back end: a thread makes the next chunk while one is being sent.

Contract: asks for the next chunk only when the back end has accepted the one before the last, so that memory is
bounded by two chunks and the back end's buffer. A load is used by one thread at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from local_redshift.wire import client_messages
from local_redshift.wire.transport import Peer


class CopyFeed:
    """The chunks of one load.

    :param load: yields chunks of rows in PostgreSQL's text format; may block.
    :param threads: where the load runs.
    """

    def __init__(self, load: Iterable[bytes], threads: Executor) -> None:
        self._load = load
        self._threads = threads
        self._chunks: Iterator[bytes] | None = None

    async def pump(self, backend: Peer, stops: Iterable[asyncio.Event]) -> None:
        """Send all chunks as CopyData, until the load ends or one of the events is set.

        :param backend: the connection in copy-in state.
        :param stops: events after which the rest is not needed.
        :raises Exception: what the load raises.
        """
        stopped = [asyncio.ensure_future(stop.wait()) for stop in stops]
        pending = self._request()
        try:
            while True:
                waited: list[asyncio.Future[Any]] = [pending, *stopped]
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                if any(stop.done() for stop in stopped):
                    return
                chunk = pending.result()
                if chunk is None:
                    return
                pending = self._request()
                backend.write(client_messages.copy_data_header(len(chunk)))
                backend.write(chunk)
                await backend.drain()
        finally:
            for stop in stopped:
                stop.cancel()
            pending.add_done_callback(self._abandon)

    def _request(self) -> asyncio.Future[bytes | None]:
        return asyncio.get_running_loop().run_in_executor(self._threads, self._next)

    def _next(self) -> bytes | None:
        if self._chunks is None:
            self._chunks = iter(self._load)
        return next(self._chunks, None)

    def _abandon(self, pending: asyncio.Future[bytes | None]) -> None:
        """Let an unfinished load close its files and connections."""
        if not pending.cancelled():
            pending.exception()
        close = getattr(self._chunks, "close", None)
        if close is not None:
            with suppress(RuntimeError):  # the threads have stopped, as the server is stopping
                self._threads.submit(close)
