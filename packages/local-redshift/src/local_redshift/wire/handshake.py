"""How a connection begins: TLS, cancel requests and the start-up message.

Contract: reads what comes before the first ordinary message of a client and decides what the connection is for.
It trusts nothing: anything else than a start of this protocol ends the connection.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP
"""

from __future__ import annotations

from collections.abc import Callable

from local_redshift.wire.client_messages import parse_startup
from local_redshift.wire.protocol import (
    CANCEL_REQUEST,
    GSSENC_REQUEST,
    LENGTH,
    PROTOCOL_3,
    SSL_REQUEST,
    STARTUP_LIMIT,
    ProtocolError,
)


class Handshake:
    """The state of a connection before it has started.

    :param write: sends bytes to the client.
    :param start_tls: called when TLS is to begin, before the answer ``S`` is sent.
    :param cancel: called with a whole CancelRequest.
    :param start: called with the start-up parameters.
    :param offers_tls: whether TLS is granted to clients that ask for it.
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        start_tls: Callable[[], None],
        cancel: Callable[[bytes], None],
        start: Callable[[dict[str, str]], None],
        *,
        offers_tls: bool = True,
    ) -> None:
        self._write = write
        self._start_tls = start_tls
        self._cancel = cancel
        self._start = start
        self._offers_tls = offers_tls
        self._data = b""
        self._encrypted = False
        self._asked: set[int] = set()

    @property
    def encrypted(self) -> bool:
        """Whether TLS was asked for and granted."""
        return self._encrypted

    @property
    def rest(self) -> bytes:
        """What has come after the last packet."""
        return self._data

    def receive(self, data: bytes) -> None:
        """Take bytes of the client.

        :raises ProtocolError: when they are not a start of this protocol.
        """
        self._data += data
        while len(self._data) >= 8:
            size = LENGTH.unpack_from(self._data)[0]
            if not 8 <= size <= STARTUP_LIMIT:
                raise ProtocolError("The first message is not a start-up message of PostgreSQL's protocol.")
            if len(self._data) < size:
                return
            packet, self._data = self._data[:size], self._data[size:]
            if self._packet(packet):
                return

    def _packet(self, packet: bytes) -> bool:
        """Handle one packet; return whether it was the last one of the handshake."""
        code = LENGTH.unpack_from(packet, 4)[0]
        if code in (SSL_REQUEST, GSSENC_REQUEST):
            self._answer_encryption(code)
            return False
        if code == CANCEL_REQUEST:
            self._cancel(packet)
            return True
        if code >> 16 != PROTOCOL_3:
            raise ProtocolError(f"Version {code >> 16}.{code & 0xFFFF} of the protocol is not supported, only 3.0.")
        self._start(parse_startup(packet[8:]))
        return True

    def _answer_encryption(self, code: int) -> None:
        """Answer a request for encryption; each kind can be asked for once, as PostgreSQL has it."""
        if code in self._asked:
            raise ProtocolError("The same encryption was asked for twice.")
        self._asked.add(code)
        if code == SSL_REQUEST and self._offers_tls:
            self._answer_tls()
        else:
            self._write(b"N")

    def _answer_tls(self) -> None:
        if self._data:
            # Bytes after the request came unencrypted: an attacker may have added them.
            raise ProtocolError("TLS was asked for, and more was sent before it was answered.")
        self._encrypted = True
        self._start_tls()
