"""One end of a proxied connection on asyncio, with flow control between the two ends.

Contract: moves bytes and reports when an end is full or gone; knows no messages.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import cast


class Peer(asyncio.Protocol):
    """One end of a proxied connection.

    While this end cannot take more bytes, the other end is not read.

    :param receive: takes the bytes that arrive.
    :param lost: called once when the connection has ended.
    :param made: called once when the connection has begun.
    """

    def __init__(
        self, receive: Callable[[bytes], None], lost: Callable[[], None], made: Callable[[], None] | None = None
    ) -> None:
        self.receive = receive
        self.lost = lost
        self._made = made
        self.other: Peer | None = None
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._connected = False

    @property
    def transport(self) -> asyncio.Transport:
        """The transport; TLS replaces it."""
        if self._transport is None:
            raise ConnectionError("The connection is not made yet.")
        return self._transport

    @property
    def address(self) -> str:
        """The other program's IP address, empty for a Unix socket."""
        name = self.transport.get_extra_info("peername")
        return str(name[0]) if isinstance(name, tuple) else ""

    @property
    def closed(self) -> bool:
        """Whether the connection has ended or is ending."""
        return self._transport is None or self._transport.is_closing() or not self._connected

    def replace_transport(self, transport: asyncio.Transport) -> None:
        """Use another transport over the same connection."""
        self._transport = transport

    def write(self, data: bytes) -> None:
        """Send bytes, unless the connection is ending."""
        if data and not self.closed:
            self.transport.write(data)

    async def drain(self) -> None:
        """Wait until this end can take more bytes."""
        await self._writable.wait()

    def close(self) -> None:
        """End the connection once all bytes are sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def pause_reading(self) -> None:
        """Stop reading for now."""
        if not self.closed:
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        if not self.closed:
            self.transport.resume_reading()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transport does not inherit from it
        self._connected = True
        connected = transport.get_extra_info("socket")
        if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
            # asyncio does it only for sockets made with an explicit protocol number; without it, the second of two
            # small answers waits 40 ms for the client's delayed acknowledgement of the first.
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made, self._made = self._made, None
        if made is not None:
            made()

    def data_received(self, data: bytes) -> None:
        """Pass bytes on."""
        self.receive(data)

    def pause_writing(self) -> None:
        """This end is full."""
        self._writable.clear()
        if self.other is not None:
            self.other.pause_reading()

    def resume_writing(self) -> None:
        """This end can take more."""
        self._writable.set()
        if self.other is not None:
            self.other.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._connected = False
        self._writable.set()
        self.lost()
