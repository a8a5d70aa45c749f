"""A client's connection from its first byte: the handshake, TLS, and then its session.

Contract: connects ``Handshake``'s decisions with asyncio; a client that does not log in in time is dropped.
"""

from __future__ import annotations

import asyncio
import logging
import ssl

from local_redshift.server.sessions import Sessions
from local_redshift.session.session import Session
from local_redshift.settings import Tls
from local_redshift.wire import server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.handshake import Handshake
from local_redshift.wire.protocol import ProtocolError
from local_redshift.wire.transport import Peer

log = logging.getLogger(__name__)

#: Seconds that a client has to log in.
_LOGIN_TIMEOUT = 60.0


class Connection:
    """A client's connection: first a handshake, then a session.

    :param sessions: opens its session.
    :param tls: the context for clients that ask for TLS.
    :param tls_mode: whether clients may, have to or cannot encrypt.
    """

    def __init__(self, sessions: Sessions, tls: ssl.SSLContext, tls_mode: Tls) -> None:
        self.client = Peer(self._receive, self._lost)
        self._sessions = sessions
        self._tls = tls
        self._tls_mode = tls_mode
        self._session: Session | None = None
        self._handshake = Handshake(
            self.client.write,
            self._start_tls,
            self._cancel,
            self._start,
            offers_tls=tls_mode is not Tls.OFF,
        )
        self._deadline = asyncio.get_running_loop().call_later(_LOGIN_TIMEOUT, self._too_late)

    def _receive(self, data: bytes) -> None:
        try:
            self._handshake.receive(data)
        except ProtocolError as error:
            log.info("A connection was refused: %s", error)
            self._refuse("08P01", str(error))

    def _refuse(self, sqlstate: str, text: str) -> None:
        """Tell the client why it gets no session, and close the connection."""
        error = RedshiftError(sqlstate=sqlstate, message=text)
        self.client.write(server_messages.error(error, severity="FATAL"))
        self.client.close()

    def _start_tls(self) -> None:
        self.client.pause_reading()
        self.client.write(b"S")
        self._sessions.run(self._upgrade())

    async def _upgrade(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            transport = await loop.start_tls(self.client.transport, self.client, self._tls, server_side=True)
        except (OSError, ssl.SSLError) as error:
            log.info("TLS failed: %s", error)
            self.client.abort()
            return
        if transport is None:
            self.client.abort()
            return
        self.client.replace_transport(transport)

    def _cancel(self, packet: bytes) -> None:
        self._sessions.run(self._pass_cancel(packet))

    async def _pass_cancel(self, packet: bytes) -> None:
        try:
            await self._sessions.cancel(packet)
        except OSError as error:
            log.warning("A cancel request did not reach the warehouse: %s", error)
        finally:
            self.client.close()

    def _start(self, parameters: dict[str, str]) -> None:
        if self._tls_mode is Tls.REQUIRED and not self._handshake.encrypted:
            self._refuse(
                "28000", "This server takes connections with TLS only: connect with sslmode=require or stricter."
            )
            return
        self._session = self._sessions.open(self.client, parameters)
        self.client.receive = self._session.receive

    def _too_late(self) -> None:
        if self._session is None or not self._session.ready:
            self.client.abort()

    def _lost(self) -> None:
        self._deadline.cancel()
        if self._session is not None:
            self._session.client_lost()
