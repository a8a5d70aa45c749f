"""How a session starts: the start-up parameters for the back end, and what the back end answers to them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local_redshift.session.answers import AnswerHandler
from local_redshift.statements.parameters import OWN, check_parameter
from local_redshift.wire import passwords, server_messages
from local_redshift.wire.protocol import LENGTH, ProtocolError, ServerMessage

#: The version that Redshift reports; drivers and tools use it to distinguish Redshift from PostgreSQL.
_REDSHIFT_VERSION = "8.0.2"

#: psql chooses the queries behind its backslash commands by the version. They have to fit PostgreSQL's catalog and
#: use nothing that Redshift's SQL lacks: those for 15 and later have STRING_AGG.
_PSQL_VERSION = "14.0"

#: Which forms of SHOW Amazon's drivers may use for their metadata calls: from 5 on, all of
#: ``statements.commands.show``.
_SHOW_DISCOVERY = "5"

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


@dataclass(frozen=True)
class StartRequest:
    """What a back end is started with, for a client that has logged in.

    :param parameters: its start-up parameters.
    :param kept_password: what is kept of the user's password.
    :param shows_catalog: whether the client's driver is told which forms of SHOW it may use.
    """

    parameters: Mapping[str, str]
    kept_password: str = field(repr=False)
    shows_catalog: bool = False


class StartUp(AnswerHandler):
    """Takes the back end's answers until the first ReadyForQuery.

    :param request: what the back end was started with.
    :param send: sends the back end the answer to its request for the password.
    :param logged_in: called at the end with the back end's process id and the secret for cancel requests.
    """

    def __init__(
        self, request: StartRequest, send: Callable[[bytes], None], logged_in: Callable[[int, bytes], None]
    ) -> None:
        application = request.parameters.get("application_name", "")
        self._version = _PSQL_VERSION if application == "psql" else _REDSHIFT_VERSION
        self._request = request
        self._send = send
        self._logged_in = logged_in
        self._pid = 0
        self._secret = b""

    def receive(self, code: int, message: bytes) -> bytes:
        """Answer for the client, keep the process id and its secret, and show Redshift's version."""
        if code == ServerMessage.AUTHENTICATION:
            salt = passwords.salt_of(message)
            if salt is not None:
                self._send(passwords.answer(self._request.kept_password, salt))
                return b""
        elif code == ServerMessage.BACKEND_KEY_DATA:
            self._pid = LENGTH.unpack_from(message, 5)[0]
            self._secret = message[9:]
        elif code == ServerMessage.READY_FOR_QUERY:
            self._logged_in(self._pid, self._secret)
            if self._request.shows_catalog:
                return server_messages.parameter_status("show_discovery", _SHOW_DISCOVERY) + message
        elif code == ServerMessage.PARAMETER_STATUS and message.startswith(b"server_version\0", 5):
            return server_messages.parameter_status("server_version", self._version)
        return message


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
        raise ProtocolError("The start-up message names no user.")
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
