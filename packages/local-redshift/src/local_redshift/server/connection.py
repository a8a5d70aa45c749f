"""A client's connection from its first byte: the handshake, TLS, the login, and then its session.

Contract: connects ``Handshake``'s and ``Login``'s decisions with asyncio. A client that does not log in in time is
dropped, and until it has logged in it takes no back end.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable

from local_redshift.server.login import KeptPasswords, Login
from local_redshift.server.sessions import Sessions
from local_redshift.server.waiting import WaitingClients
from local_redshift.session.session import Session
from local_redshift.settings import Tls
from local_redshift.wire import server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.handshake import Handshake
from local_redshift.wire.protocol import ProtocolError
from local_redshift.wire.transport import Peer

log = logging.getLogger(__name__)

#: Seconds that a client has for the encryption and the start-up message, then for the password; and its back end after
#: that, which takes long only while PostgreSQL starts again.
_HANDSHAKE_TIMEOUT, _PASSWORD_TIMEOUT, _BACKEND_TIMEOUT = 10.0, 5.0, 60.0

_TOO_MANY = RedshiftError(
    sqlstate="53300",
    message="too many connections wait for their login",
    detail="This one has waited longest: it was opened, and has not sent its password.",
    hint="Close connections that are not used; log in right after connecting.",
)
_TOO_LATE = RedshiftError(
    sqlstate="28000",
    message="canceling authentication due to timeout",
    detail=f"The password did not come within {_PASSWORD_TIMEOUT:.0f} s of the start-up message.",
)


class Connection:
    """A client's connection: first a handshake, then a login, then a session.

    :param sessions: opens its session.
    :param kept: knows the passwords.
    :param waiting: counts the clients that have not logged in.
    :param tls: the context for clients that ask for TLS.
    :param tls_mode: whether clients may, have to or cannot encrypt.
    """

    def __init__(
        self, sessions: Sessions, kept: KeptPasswords, waiting: WaitingClients, tls: ssl.SSLContext, tls_mode: Tls
    ) -> None:
        self.client = Peer(self._receive, self._lost, self._made)
        self._sessions = sessions
        self._kept = kept
        self._waiting = waiting
        self._tls = tls
        self._tls_mode = tls_mode
        self._login: Login | None = None
        self._session: Session | None = None
        self._handshake = Handshake(
            self.client.write,
            self._start_tls,
            self._cancel,
            self._start,
            offers_tls=tls_mode is not Tls.OFF,
        )
        self._take: Callable[[bytes], None] = self._handshake.receive
        self._deadline = asyncio.get_running_loop().call_later(_HANDSHAKE_TIMEOUT, self._drop)

    def _made(self) -> None:
        self._waiting.add(self._crowded_out, self.client.address)

    def _receive(self, data: bytes) -> None:
        try:
            self._take(data)
        except ProtocolError as error:
            log.info("A connection was refused: %s", error)
            self._refuse(RedshiftError(sqlstate="08P01", message=str(error)))

    def _refuse(self, error: RedshiftError) -> None:
        """Tell the client why it gets no session, and close the connection."""
        self.client.write(server_messages.error(error, severity="FATAL"))
        self.client.close()
        self._set_deadline(_PASSWORD_TIMEOUT, self.client.abort)  # a client that does not read keeps it open

    def _crowded_out(self) -> None:
        log.warning("A connection of %s was refused: too many wait for their login.", self.client.address)
        if self._login is None:  # which may be in the middle of TLS
            self._drop()
        else:
            self._refuse(_TOO_MANY)

    def _set_deadline(self, seconds: float, act: Callable[[], None]) -> None:
        self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(seconds, act)

    def _drop(self) -> None:
        self.client.abort()

    def _start_tls(self) -> None:
        self.client.pause_reading()
        self.client.write(b"S")
        self._sessions.run(self._upgrade())

    async def _upgrade(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            transport = await loop.start_tls(
                self.client.transport,
                self.client,
                self._tls,
                server_side=True,
                ssl_handshake_timeout=_HANDSHAKE_TIMEOUT,
            )
        except (OSError, ssl.SSLError) as error:
            log.info("TLS failed: %s", error)
            self._drop()
            self._lost()
            return
        if transport is None:
            self._drop()
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
        """The start-up message is there: ask for the password."""
        if self._tls_mode is Tls.REQUIRED and not self._handshake.encrypted:
            text = "This server takes connections with TLS only: connect with sslmode=require or stricter."
            self._refuse(RedshiftError(sqlstate="28000", message=text))
            return
        try:
            chosen = self._sessions.chosen_parameters(parameters)
        except RedshiftError as error:
            self._refuse(error)
            return
        shows_catalog = "driver_discovery_version" in parameters

        def accepted(kept_password: str, rest: bytes) -> None:
            self._open(chosen, kept_password, rest, shows_catalog=shows_catalog)

        self._login = Login(self.client, chosen["user"], self._kept, self._sessions.run, accepted, self._refuse)
        self._take = self._login.receive
        self._set_deadline(_PASSWORD_TIMEOUT, lambda: self._refuse(_TOO_LATE))
        self._login.begin()
        self._login.receive(self._handshake.rest)

    def _open(self, parameters: dict[str, str], kept_password: str, rest: bytes, *, shows_catalog: bool) -> None:
        """The password is right: open the session."""
        self._waiting.remove(self._crowded_out)
        self._set_deadline(_BACKEND_TIMEOUT, self._too_late)
        try:
            self._session = self._sessions.open(self.client, parameters, kept_password, shows_catalog=shows_catalog)
        except RedshiftError as error:
            self._refuse(error)
            return
        self.client.receive = self._session.receive
        self._session.receive(rest)

    def _too_late(self) -> None:
        if self._session is not None and not self._session.ready:
            self._session.fail(RedshiftError(sqlstate="57P03", message="The warehouse does not answer."))

    def _lost(self) -> None:
        self._deadline.cancel()
        self._waiting.remove(self._crowded_out)
        if self._session is not None:
            self._session.client_lost()
