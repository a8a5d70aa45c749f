"""How a connection begins: TLS, cancel requests and the start-up message.

Contract: reads what comes before the first ordinary message of a client and decides what the connection is for.
It trusts nothing: whatever is not a start of this protocol ends the connection.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from local_redshift.statements.parameters import OWN, check_parameter
from local_redshift.wire import protocol as p

#: Start-up parameters that reach PostgreSQL. Drivers for Redshift send others (client_protocol_version,
#: driver_version, os_version, plugin_name, idp_type …), which PostgreSQL would refuse.
_KNOWN = frozenset(
    (
        "application_name",
        "datestyle",
        "extra_float_digits",
        "search_path",
        "statement_timeout",
        "timezone",
    )
)


class Handshake:
    """The state of a connection before it has started.

    :param write: sends bytes to the client.
    :param start_tls: called when TLS shall begin; the answer ``S`` was not sent yet.
    :param cancel: called with a whole CancelRequest.
    :param start: called with the start-up parameters.
    :param offers_tls: whether TLS is granted to who asks for it.
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

    @property
    def encrypted(self) -> bool:
        """Whether TLS was asked for and granted."""
        return self._encrypted

    def receive(self, data: bytes) -> None:
        """Take bytes of the client.

        :raises ProtocolError: when they are no start of this protocol.
        """
        self._data += data
        while len(self._data) >= 8:
            size = p.LENGTH.unpack_from(self._data)[0]
            if not 8 <= size <= p.STARTUP_LIMIT:
                raise p.ProtocolError("The first message is not a start-up message of PostgreSQL's protocol.")
            if len(self._data) < size:
                return
            packet, self._data = self._data[:size], self._data[size:]
            if self._packet(packet):
                return

    def _packet(self, packet: bytes) -> bool:
        """Deal with one packet; say whether it was the last one of the handshake."""
        code = p.LENGTH.unpack_from(packet, 4)[0]
        if code == p.SSL_REQUEST and not self._offers_tls:
            self._write(b"N")
            return False
        if code == p.SSL_REQUEST:
            self._answer_tls()
            return False
        if code == p.GSSENC_REQUEST:
            self._write(b"N")
            return False
        if code == p.CANCEL_REQUEST:
            self._cancel(packet)
            return True
        if code >> 16 != p.PROTOCOL_3:
            raise p.ProtocolError(f"Version {code >> 16}.{code & 0xFFFF} of the protocol is not supported, only 3.0.")
        self._start(p.parse_startup(packet[8:]))
        return True

    def _answer_tls(self) -> None:
        if self._encrypted or self._data:
            # Bytes after the request came unencrypted: somebody in between may have added them.
            raise p.ProtocolError("TLS was asked for twice, or more was sent before it was answered.")
        self._encrypted = True
        self._start_tls()


def backend_parameters(
    client: Mapping[str, str], defaults: Mapping[str, str], *, lenient: bool = False
) -> dict[str, str]:
    """Return the start-up parameters for the back end.

    :param client: what the client sent.
    :param defaults: the session settings of this server; the client's own come before them.
    :param lenient: leave out settings that Redshift does not have instead of refusing them.
    :raises ProtocolError: when the client names no user.
    :raises RedshiftError: when it sets a parameter that Redshift does not have, or sets one to a wrong value.
    """
    if not client.get("user"):
        raise p.ProtocolError("The start-up message names no user.")
    asked = {name.lower(): value for name, value in client.items()}
    options = _options(asked.get("options", ""))
    if not lenient:
        for name, value in options.items():
            check_parameter(name, value)
    asked = {**options, **asked}
    return {
        **defaults,
        **{name: value for name, value in asked.items() if name in _KNOWN},
        **{f"redshift.{name}": value for name, value in options.items() if name in OWN},
        "user": client["user"],
        "database": client.get("database") or client["user"],
        # The only encoding of Redshift's clients: https://docs.aws.amazon.com/redshift/latest/dg/multi-byte-character-sets.html
        "client_encoding": "UTF8",
    }


def _options(text: str) -> dict[str, str]:
    """Return the settings of a command line such as ``-c name=value --name=value``."""
    try:
        words = shlex.split(text)
    except ValueError:
        return {}
    joined = " ".join(words).replace("-c ", "-c").split(" ") if words else []
    pairs = (word.removeprefix("-c").removeprefix("--").partition("=") for word in joined)
    return {name.lower().replace("-", "_"): value for name, equals, value in pairs if equals}
