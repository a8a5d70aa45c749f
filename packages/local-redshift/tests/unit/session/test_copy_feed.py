"""Chunks go to the back end in order, with bounded memory, and an abandoned load is closed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from local_redshift.session.copy_feed import CopyFeed
from local_redshift.wire.transport import Peer


class Backend(Peer):
    """Collects what is written; full after each chunk until told otherwise."""

    def __init__(self) -> None:
        super().__init__(lambda data: None, lambda: None)
        self.data = b""
        self.gate = asyncio.Event()
        self.gate.set()

    def write(self, data: bytes) -> None:
        self.data += data

    async def drain(self) -> None:
        await self.gate.wait()


class Load:
    def __init__(self, chunks: int, fail: bool = False) -> None:
        self.made = 0
        self.closed = threading.Event()
        self._chunks, self._fail = chunks, fail

    def __iter__(self) -> Iterator[bytes]:
        try:
            for number in range(self._chunks):
                self.made += 1
                yield b"%d\n" % number
            if self._fail:
                raise ValueError("no more")
        finally:
            self.closed.set()


async def pump(load: Load, backend: Backend, *stops: asyncio.Event) -> None:
    with ThreadPoolExecutor(1) as threads:
        await CopyFeed(load, threads).pump(backend, stops)
        await asyncio.sleep(0.05)  # an abandoned chunk ends


async def test_all_chunks_are_sent_in_order_as_copy_data() -> None:
    backend = Backend()
    await pump(Load(3), backend)
    assert backend.data == b"d\0\0\0\x060\nd\0\0\0\x061\nd\0\0\0\x062\n"


async def test_a_load_without_rows_sends_nothing() -> None:
    backend = Backend()
    await pump(Load(0), backend)
    assert backend.data == b""


async def test_the_loads_error_is_raised_after_what_came_before_it() -> None:
    backend = Backend()
    with pytest.raises(ValueError, match="no more"):
        await pump(Load(2, fail=True), backend)
    assert backend.data.count(b"d") == 2


async def test_no_more_than_one_chunk_is_made_ahead_of_a_full_back_end() -> None:
    backend, load = Backend(), Load(100)
    backend.gate.clear()
    task = asyncio.create_task(pump(load, backend))
    await asyncio.sleep(0.1)
    assert load.made == 2
    backend.gate.set()
    await task
    assert load.made == 100


async def test_a_stop_ends_it_and_closes_the_load() -> None:
    backend, load, stop = Backend(), Load(10_000_000), asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, stop.set)
    await pump(load, backend, asyncio.Event(), stop)
    assert load.closed.wait(60)
    assert load.made < 10_000_000
