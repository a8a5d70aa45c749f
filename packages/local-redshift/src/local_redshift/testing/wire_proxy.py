"""A proxy for the PostgreSQL protocol that sees every statement and can inject a fault before or after it runs.

It tells sessions apart by the label that each sets by ``SET query_group TO '…'``. It declines TLS, so that it can read
the statements: clients have to connect without.
https://docs.aws.amazon.com/redshift/latest/dg/r_query_group.html
"""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any

_SSL_REQUEST, _GSS_REQUEST = 80877103, 80877104
_LABEL = re.compile(r"SET query_group TO '([^']*)'")
#: Query, Sync, Flush, and the messages outside a batch: password, Terminate, and those of copy-in.
_ENDS_BATCH = b"QSHpXdcf"
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: close sends RST


class Moment(StrEnum):
    """When a rule is called: before any of the statement has reached the server, or after all of its answer is back."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Statement:
    """A statement that passes through the proxy.

    :param text: its SQL.
    :param number: its number on its connection, from 1.
    :param label: the connection's query group, empty until it is set.
    :param client_port: the client's end of the connection, by which its process can be found.
    """

    text: str
    number: int
    label: str
    client_port: int

    @property
    def task(self) -> str:
        """The task that runs it, of a label like ``dag/task/run``; empty for another label."""
        return self.label.split("/")[1] if self.label.count("/") >= 2 else ""


@dataclass(frozen=True)
class Hold:
    """Hold the statement or its answer until a condition is true, or for ``seconds`` at most.

    :param until: returns whether the condition is true; called often, in the proxy's own thread.
    """

    until: Callable[[], bool]
    seconds: float = 60


@dataclass(frozen=True)
class Cut:
    """Reset the connection on both sides. After a statement, its answer is lost."""


@dataclass(frozen=True)
class Hang:
    """Stop passing messages on, and leave the connection open."""


@dataclass(frozen=True)
class Refuse:
    """Answer a statement with an error instead of running it; only for ``Moment.BEFORE``.

    :param sqlstate: its code.
    :param message: its text.
    """

    sqlstate: str
    message: str


WireFault = Hold | Cut | Hang | Refuse
WireRule = Callable[[Statement, Moment], WireFault | None]


class WireProxy:
    """Listens on a free port of this machine and passes messages on to a server, unless the rule injects a fault.

    :param target: returns the server's host and port; called for every connection, because the server may restart on
        another port.
    """

    def __init__(self, target: Callable[[], tuple[str, int]]) -> None:
        self.target = target
        self.rule: WireRule = lambda statement, moment: None
        self.refuse_connections = False
        #: The number of connections so far.
        self.connections = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire-proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._open: set[_Link] = set()

    def __enter__(self) -> WireProxy:
        """Start to listen."""
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cut all connections and stop."""
        if self._server is not None:
            self._loop.call_soon_threadsafe(self._server.close)
        self.cut_all()
        self._run(asyncio.sleep(0.05))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def cut_all(self) -> None:
        """Reset all connections that are open."""
        for link in list(self._open):
            self._loop.call_soon_threadsafe(link.cut)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        link = _Link(self, reader, writer)
        self._open.add(link)
        try:
            if not self.refuse_connections:
                await link.serve()
                link.close()
        except (OSError, asyncio.IncompleteReadError):
            pass  # one side closed the connection
        finally:
            link.cut()
            self._open.discard(link)

    def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


@dataclass(eq=False)
class _Link:
    """A client's connection, and the connection to the server that was opened for it."""

    proxy: WireProxy
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server_writer: asyncio.StreamWriter | None = None
    label: str = ""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _texts: dict[bytes, str] = field(default_factory=dict)
    _portals: dict[bytes, bytes] = field(default_factory=dict)
    _awaited: asyncio.Queue[list[Statement]] = field(default_factory=asyncio.Queue)
    _in_transaction: bool = False

    async def serve(self) -> None:
        startup = await self._read_startup()
        server_reader, self.server_writer = await asyncio.open_connection(*self.proxy.target())
        self.server_writer.write(startup)
        ways = (self._to_server(self.server_writer), self._to_client(server_reader))
        both = [asyncio.ensure_future(way) for way in ways]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()
            with suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError):
                await task

    def close(self) -> None:
        """Close both connections after all bytes are sent: a reset could overtake the server's last message."""
        for writer in (self.writer, self.server_writer):
            if writer is not None:
                writer.close()

    def cut(self) -> None:
        for writer in (self.writer, self.server_writer):
            if writer is not None and not writer.is_closing():
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()

    async def _read_startup(self) -> bytes:
        while True:
            head = await self.reader.readexactly(8)
            length, code = struct.unpack("!II", head)
            if code not in (_SSL_REQUEST, _GSS_REQUEST):
                return head + await self.reader.readexactly(length - 8)
            self.writer.write(b"N")

    async def _to_server(self, server: asyncio.StreamWriter) -> None:
        """Pass on what the client sends, one whole batch at a time, so that no part of a refused batch gets through."""
        batch, statements, ran = b"", [], []
        while True:
            kind, body = await _read_message(self.reader)
            batch += _pack(kind, body)
            statements += self._executed(kind, body)
            if kind not in _ENDS_BATCH:
                continue
            faults = [fault for s in statements if (fault := self.proxy.rule(s, Moment.BEFORE))]
            if not await self._suffer(faults):
                return
            refused = next((fault for fault in faults if isinstance(fault, Refuse)), None)
            if refused is not None:
                await self._refuse(refused, kind)
            else:
                ran += statements
                if kind in b"QS":  # the server says when it is ready again
                    self._awaited.put_nowait(ran)
                    ran = []
                server.write(batch)
                await server.drain()
            batch, statements = b"", []

    async def _refuse(self, refused: Refuse, kind: int) -> None:
        """Answer with the error, then skip all messages before the next Sync, as a server does."""
        self.writer.write(_error(refused))
        while kind not in b"QS":
            kind, _ = await _read_message(self.reader)
        self.writer.write(_pack(ord("Z"), b"E" if self._in_transaction else b"I"))

    async def _to_client(self, server: asyncio.StreamReader) -> None:
        """Pass on what the server sends; an answer to statements is passed on when it is complete."""
        held = b""
        while True:
            try:
                kind, body = await _read_message(server)
            except asyncio.IncompleteReadError:
                self.writer.write(held)
                await self.writer.drain()
                return
            held += _pack(kind, body)
            if kind == ord("Z"):
                self._in_transaction = body != b"I"
                ran = [] if self._awaited.empty() else self._awaited.get_nowait()
                if not await self._suffer([fault for s in ran if (fault := self.proxy.rule(s, Moment.AFTER))]):
                    return
            if kind == ord("Z") or self._awaited.empty() or kind == ord("G"):
                self.writer.write(held)
                await self.writer.drain()
                held = b""

    async def _suffer(self, faults: list[WireFault]) -> bool:
        """Carry out faults; return whether the connection is still open."""
        for fault in faults:
            if isinstance(fault, Hold):
                await _held(fault)
            elif isinstance(fault, Cut):
                self.cut()
                return False
            elif isinstance(fault, Hang):
                await asyncio.sleep(86_400)
        return True

    def _executed(self, kind: int, body: bytes) -> list[Statement]:
        """Record what a message prepares, and return the statement that it executes, if any."""
        text = None
        if kind == ord("Q"):
            text = body.rstrip(b"\0").decode(errors="replace")
        elif kind == ord("P"):
            name, query = body.split(b"\0")[:2]
            self._texts[name] = query.decode(errors="replace")
        elif kind == ord("B"):
            portal, name = body.split(b"\0")[:2]
            self._portals[portal] = name
        elif kind == ord("E"):
            text = self._texts.get(self._portals.get(body.split(b"\0")[0], b""), "")
        if text is None:
            return []
        if found := _LABEL.search(text):
            self.label = found[1]
        port = self.writer.get_extra_info("peername")[1]
        return [Statement(text, next(self._numbers), self.label, port)]


async def _read_message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readexactly(5)
    return head[0], await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)


def _pack(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + struct.pack("!I", len(body) + 4) + body


def _error(refused: Refuse) -> bytes:
    fields = {"S": "ERROR", "V": "ERROR", "C": refused.sqlstate, "M": refused.message}
    return _pack(ord("E"), b"".join(f"{key}{value}\0".encode() for key, value in fields.items()) + b"\0")


async def _held(hold: Hold) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(hold.seconds):
            while not hold.until():
                await asyncio.sleep(0.01)
