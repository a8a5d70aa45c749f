"""A proxy in front of an S3 server that delays requests, drops them, resets them or answers in the server's place.

What it passes on, it passes on as it came, ``Host`` included, because clients sign it. Each connection serves one
request, so that a fault meets that request only.
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
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: close sends RST
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Request:
    """A request on its way.

    :param method: its verb.
    :param path: ``/bucket/key``, decoded.
    :param query: the text behind the question mark.
    :param number: its number, from 1.
    """

    method: str
    path: str
    query: str
    number: int

    @property
    def is_listing(self) -> bool:
        """Whether it asks for a bucket's keys."""
        return self.method == "GET" and self.path.strip("/").count("/") == 0


@dataclass(frozen=True)
class Delay:
    """Pass it on later.

    :param seconds: how much.
    """

    seconds: float


@dataclass(frozen=True)
class Drop:
    """Close the connection without an answer."""


@dataclass(frozen=True)
class Reset:
    """Reset the connection within the answer.

    :param after: bytes of the answer, its head included, that get through.
    """

    after: int = 0


@dataclass(frozen=True)
class Shorten:
    """Answer with the beginning of the body, as if that were all of it.

    :param to: bytes of the body that get through.
    """

    to: int


@dataclass(frozen=True)
class Answer:
    """Answer with an error in the server's place.

    :param status: of HTTP.
    :param code: S3's error code.
    :param message: S3's words.
    """

    status: int
    code: str
    message: str = "Injected."

    def encode(self, head: bool) -> bytes:
        """Return the response; one to HEAD has no body."""
        xml = f"<Error><Code>{self.code}</Code><Message>{self.message}</Message><RequestId>0</RequestId></Error>"
        body = b"" if head else xml.encode()
        lines = f"HTTP/1.1 {self.status} Injected\r\nContent-Type: application/xml\r\n"
        return f"{lines}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


S3Fault = Delay | Drop | Reset | Shorten | Answer
S3Rule = Callable[[Request], S3Fault | None]

SLOW_DOWN = Answer(503, "SlowDown", "Please reduce your request rate.")


class S3Proxy:
    """Listens on a free port of this machine and passes requests on to an S3 server, as the rule has it.

    :param port: the server's port on this machine.
    """

    def __init__(self, port: int) -> None:
        self.rule: S3Rule = lambda request: None
        self.port = 0
        self._server_port = port
        self._numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="s3-proxy", daemon=True)
        self._server: asyncio.Server | None = None

    @property
    def endpoint(self) -> str:
        """The proxy's URL, for ``endpoint_url``."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> S3Proxy:
        """Start to listen."""
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, whatever is under way."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            url = urlsplit(target)
            fault = self.rule(Request(method, unquote(url.path), url.query, next(self._numbers)))
            await self._serve(head, reader, writer, fault)
        writer.close()

    async def _serve(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: S3Fault | None
    ) -> None:
        if isinstance(fault, Answer):
            writer.write(fault.encode(head.startswith(b"HEAD ")))
            await writer.drain()
            writer.write_eof()
            await _drain_request(reader)
        elif isinstance(fault, Drop):
            writer.transport.abort()
        elif isinstance(fault, Shorten):
            await self._shorten(head, writer, fault.to)
        else:
            if isinstance(fault, Delay):
                await asyncio.sleep(fault.seconds)
            await self._pass_on(head, reader, writer, fault.after if isinstance(fault, Reset) else None)

    async def _shorten(self, head: bytes, writer: asyncio.StreamWriter, length: int) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        to_server.write(_closing(head))
        answer = await server.readuntil(b"\r\n\r\n")
        body = (await server.read())[:length]
        to_server.close()
        writer.write(re.sub(rb"(?i)(content-length: )\d+", rb"\g<1>%d" % len(body), answer) + body)
        await writer.drain()

    async def _pass_on(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None
    ) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        to_server.write(_closing(head))
        upload = asyncio.ensure_future(_pump(reader, to_server))
        try:
            if await _pump(server, writer, limit):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()
        finally:
            upload.cancel()
            to_server.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, limit: int | None = None) -> bool:
    """Copy until the source ends, or a limit of bytes is reached: then the result is True."""
    passed = 0
    while chunk := await source.read(_CHUNK):
        chunk = chunk if limit is None else chunk[: limit - passed]
        target.write(chunk)
        await target.drain()
        passed += len(chunk)
        if limit is not None and passed >= limit:
            return True
    return False


def _closing(head: bytes) -> bytes:
    """Ask the server to close the connection after its answer, which then ends with it."""
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([lines[0], b"Connection: close", *lines[1:]])


async def _drain_request(reader: asyncio.StreamReader) -> None:
    """Read what the client still sends: closing before that would reset the connection and lose the answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(2):
            while await reader.read(_CHUNK):
                pass
