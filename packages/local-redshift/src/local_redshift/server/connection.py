"""A client's connection from its first byte: the handshake, TLS, and then its session.

Contract: connects ``Handshake``'s decisions with asyncio; a client that does not log in in time is dropped.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from typing import TYPE_CHECKING

from local_redshift.session.session import Session
from local_redshift.settings import Tls
from local_redshift.wire import protocol as p
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.handshake import Handshake
from local_redshift.wire.transport import Peer

if TYPE_CHECKING:
    from local_redshift.server.server import Server

log = logging.getLogger(__name__)

#: Seconds that a client has to log in.
_LOGIN_TIMEOUT = 60.0


class Connection:
    """A client's connection: first a handshake, then a session.

    :param server: the server.
    """

    def __init__(self, server: Server) -> None:
        self.client = Peer(self._receive, self._lost)
        self._server = server
        self._session: Session | None = None
        self._handshake = Handshake(
            self.client.write,
            self._start_tls,
            self._cancel,
            self._start,
            offers_tls=server.tls_mode is not Tls.OFF,
        )
        self._deadline = asyncio.get_running_loop().call_later(_LOGIN_TIMEOUT, self._too_late)

    def _receive(self, data: bytes) -> None:
        try:
            self._handshake.receive(data)
        except p.ProtocolError as error:
            log.info("A connection was refused: %s", error)
            self.client.write(p.error(RedshiftError(sqlstate="08P01", message=str(error)), severity="FATAL"))
            self.client.close()

    def _start_tls(self) -> None:
        self.client.pause_reading()
        self.client.write(b"S")
        self._server.run(self._upgrade())

    async def _upgrade(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            transport = await loop.start_tls(self.client.transport, self.client, self._server.tls, server_side=True)
        except (OSError, ssl.SSLError) as error:
            log.info("TLS failed: %s", error)
            self.client.abort()
            return
        if transport is None:
            self.client.abort()
            return
        self.client.replace_transport(transport)

    def _cancel(self, packet: bytes) -> None:
        self._server.run(self._pass_cancel(packet))

    async def _pass_cancel(self, packet: bytes) -> None:
        try:
            await self._server.cancel(packet)
        except OSError as error:
            log.warning("A cancel request did not reach the warehouse: %s", error)
        finally:
            self.client.close()

    def _start(self, parameters: dict[str, str]) -> None:
        if self._server.tls_mode is Tls.REQUIRED and not self._handshake.encrypted:
            text = "This server takes connections with TLS only: connect with sslmode=require or stricter."
            self.client.write(p.error(RedshiftError(sqlstate="28000", message=text), severity="FATAL"))
            self.client.close()
            return
        self._session = session = Session(self._server, self.client)
        self.client.receive = session.receive
        self._server.run(self._server.connect_backend(session, parameters))

    def _too_late(self) -> None:
        if self._session is None or not self._session.ready:
            self.client.abort()

    def _lost(self) -> None:
        self._deadline.cancel()
        if self._session is not None:
            self._session.client_lost()
