"""What a client's start-up parameters become for the back end."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

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
