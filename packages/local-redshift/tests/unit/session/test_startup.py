"""What a client's start-up parameters become for the back end, and what it sees of the back end's answers."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from local_redshift.session.startup import StartRequest, StartUp, backend_parameters
from local_redshift.wire import passwords, server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ProtocolError, ServerMessage, frame

DEFAULTS = {"default_transaction_isolation": "repeatable read"}


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ({"user": "u"}, {"user": "u", "database": "u"}),
        ({"user": "u", "database": "d"}, {"user": "u", "database": "d"}),
        ({"user": "u", "client_protocol_version": "2", "plugin_name": "x", "idp_type": "y"}, {"user": "u"}),
        (
            {"user": "u", "application_name": "psql", "DateStyle": "ISO"},
            {"application_name": "psql", "datestyle": "ISO"},
        ),
        ({"user": "u", "client_encoding": "latin1"}, {"client_encoding": "UTF8"}),
        (
            {"user": "u", "options": "-c search_path=a,b -cstatement_timeout=5"},
            {"search_path": "a,b", "statement_timeout": "5"},
        ),
        (
            {"user": "u", "options": "--search-path=a -c query_group=b"},
            {"search_path": "a", "redshift.query_group": "b"},
        ),
    ],
    ids=[
        "database is the user's",
        "database",
        "driver's own",
        "settings",
        "encoding",
        "options",
        "options of Redshift",
    ],
)
def test_known_start_up_parameters_reach_the_back_end(client: dict[str, str], expected: dict[str, str]) -> None:
    sent = backend_parameters(client, DEFAULTS)
    assert sent.items() >= expected.items()
    allowed = {"user", "database", "client_encoding", *DEFAULTS, *expected}
    assert set(sent) == allowed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("-c standard_conforming_strings=off", 'unrecognized configuration parameter "standard_conforming_strings"'),
        ("-c statement_timeout=30s", 'parameter "statement_timeout" requires an integer value'),
    ],
)
def test_a_start_up_option_that_redshift_refuses_is_refused(options: str, words: str) -> None:
    """As users report it: sqlalchemy/sqlalchemy#9494."""
    with pytest.raises(RedshiftError, match=words):
        backend_parameters({"user": "u", "options": options}, DEFAULTS)
    assert backend_parameters({"user": "u", "options": options}, DEFAULTS, lenient=True)["user"] == "u"


def test_a_start_up_message_without_user_is_refused() -> None:
    with pytest.raises(ProtocolError, match="names no user"):
        backend_parameters({"database": "dev"}, DEFAULTS)


def started(
    application: str,
    send: Callable[[bytes], None] = lambda message: None,
    logged_in: Callable[[int, bytes], None] = lambda pid, secret: None,
    *,
    shows_catalog: bool = False,
) -> StartUp:
    parameters = {"user": "u", "application_name": application}
    return StartUp(StartRequest(parameters, "md5" + "0" * 32, shows_catalog), send, logged_in)


def test_the_back_end_is_answered_in_the_clients_place() -> None:
    sent: list[bytes] = []
    tested = started("", send=sent.append)
    assert tested.receive(ServerMessage.AUTHENTICATION, passwords.request(b"salt")) == b""
    assert [passwords.is_answer(message, "md5" + "0" * 32, b"salt") for message in sent] == [True]
    granted = frame(ServerMessage.AUTHENTICATION, struct.pack("!I", 0))
    assert tested.receive(ServerMessage.AUTHENTICATION, granted) == granted


KEY_DATA = frame(ServerMessage.BACKEND_KEY_DATA, struct.pack("!I", 4711) + b"secret")
READY = frame(ServerMessage.READY_FOR_QUERY, b"I")


@pytest.mark.parametrize(("application", "version"), [("psql", "14.0"), ("", "8.0.2"), ("my tool", "8.0.2")])
def test_a_client_sees_redshifts_version_and_psql_one_that_its_queries_fit(application: str, version: str) -> None:
    tested = started(application)
    sent = server_messages.parameter_status("server_version", "18.1")
    seen = server_messages.parameter_status("server_version", version)
    assert tested.receive(ServerMessage.PARAMETER_STATUS, sent) == seen
    other = server_messages.parameter_status("TimeZone", "UTC")
    assert tested.receive(ServerMessage.PARAMETER_STATUS, other) == other


def test_the_session_learns_its_process_and_secret_once_the_client_is_logged_in() -> None:
    known: list[tuple[int, bytes]] = []
    tested = started("", logged_in=lambda pid, secret: known.append((pid, secret)))
    assert tested.receive(ServerMessage.BACKEND_KEY_DATA, KEY_DATA) == KEY_DATA
    assert known == []
    assert tested.receive(ServerMessage.READY_FOR_QUERY, READY) == READY
    assert known == [(4711, b"secret")]


def test_a_driver_that_asks_is_told_which_forms_of_show_it_may_use() -> None:
    tested = started("", shows_catalog=True)
    shown = server_messages.parameter_status("show_discovery", "5")
    assert tested.receive(ServerMessage.READY_FOR_QUERY, READY) == shown + READY
