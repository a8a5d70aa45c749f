"""A client's login: the server itself asks for the password, and takes a back end only for a client that knows it.

Contract: begins after the start-up message and ends with ``accepted`` or ``refused``, each called once at most.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg

from local_redshift.session.own_connection import OwnConnection
from local_redshift.wire import passwords
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import LENGTH, STARTUP_LIMIT, ClientMessage, ProtocolError
from local_redshift.wire.transport import Peer

log = logging.getLogger(__name__)

_KEPT_PASSWORD = "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = %s"  # noqa: S105 - no password

#: Called with what is kept of the password, and with what the client has sent after its answer.
Accepted = Callable[[str, bytes], None]


class KeptPasswords:
    """What the warehouse keeps of its users' passwords.

    :param dsn: the address of the database, as the superuser.
    """

    def __init__(self, dsn: str) -> None:
        self._connection = OwnConnection(dsn)

    async def of(self, user: str) -> str | None:
        """Return what is kept of a user's password, None when there is no such user or no password.

        :raises psycopg.Error: when the warehouse does not answer.
        """
        try:
            rows = await self._connection.rows(_KEPT_PASSWORD, [user])
        except UnicodeEncodeError:  # the name's bytes were no UTF-8
            return None
        return rows[0][0] if rows else None

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()


class Login:
    """One client's login.

    :param client: its end.
    :param user: the name in its start-up message.
    :param kept: knows the passwords.
    :param run: runs work in the background.
    :param accepted: called when the password is right.
    :param refused: called with the reason when the client gets no session.
    """

    def __init__(
        self,
        client: Peer,
        user: str,
        kept: KeptPasswords,
        run: Callable[[Coroutine[Any, Any, None]], None],
        accepted: Accepted,
        refused: Callable[[RedshiftError], None],
    ) -> None:
        self._client = client
        self._user = user
        self._kept = kept
        self._run = run
        self._accepted = accepted
        self._refused = refused
        self._salt = secrets.token_bytes(passwords.SALT_SIZE)
        self._data = b""
        self._answered = False

    def begin(self) -> None:
        """Ask the client for the password."""
        self._client.write(passwords.request(self._salt))

    def receive(self, data: bytes) -> None:
        """Take bytes of the client.

        :raises ProtocolError: when they are no answer.
        """
        self._data += data
        if len(self._data) > STARTUP_LIMIT:
            raise ProtocolError("More was sent than a password before the login was complete.")
        while not self._answered and len(self._data) >= 5:
            code, length = self._data[0], LENGTH.unpack_from(self._data, 1)[0]
            if not 4 <= length <= STARTUP_LIMIT:
                raise ProtocolError(f"A message says that it is {length} bytes long.")
            if len(self._data) < 1 + length:
                return
            message, self._data = self._data[: 1 + length], self._data[1 + length :]
            self._take(code, message)

    def _take(self, code: int, message: bytes) -> None:
        if code == ClientMessage.PASSWORD:
            self._answered = True
            self._run(self._check(message))
        elif code == ClientMessage.TERMINATE:
            self._client.close()
        elif code != ClientMessage.FLUSH:  # which redshift_connector sends
            raise ProtocolError(f"Message of kind {code} before the login was complete.")

    async def _check(self, message: bytes) -> None:
        try:
            kept = await self._kept.of(self._user)
        except (psycopg.Error, OSError) as error:
            text = f"The warehouse does not answer: {str(error).strip()}"
            self._refused(RedshiftError(sqlstate="57P03", message=text))
            return
        if self._client.closed:
            return
        if kept is None or not passwords.is_answer(message, kept, self._salt):
            text = f'password authentication failed for user "{self._user}"'
            self._refused(RedshiftError(sqlstate="28P01", message=text))
        else:
            self._accepted(kept, self._data)
