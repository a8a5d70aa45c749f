"""What comes before the first message: TLS, cancel requests, start-up parameters, and garbage."""

from __future__ import annotations

import struct

import pytest

from local_redshift.session.startup import backend_parameters
from local_redshift.wire import protocol as p
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.handshake import Handshake


class Client:
    def __init__(self) -> None:
        self.sent = b""
        self.events: list[object] = []
        self.handshake = Handshake(
            self.write, lambda: self.events.append("tls"), self.events.append, self.events.append
        )

    def write(self, data: bytes) -> None:
        self.sent += data


def request(code: int, rest: bytes = b"") -> bytes:
    return struct.pack("!II", 8 + len(rest), code) + rest


START_UP = p.startup({"user": "awsuser", "database": "dev"})


def test_tls_is_accepted_and_the_start_up_message_follows() -> None:
    client = Client()
    client.handshake.receive(request(p.SSL_REQUEST))
    client.handshake.receive(START_UP)
    assert client.events == ["tls", {"user": "awsuser", "database": "dev"}]


def test_gss_encryption_is_declined() -> None:
    client = Client()
    client.handshake.receive(request(p.GSSENC_REQUEST))
    client.handshake.receive(request(p.SSL_REQUEST))
    assert client.sent == b"N"
    assert client.events == ["tls"]


def test_a_start_up_message_may_come_in_pieces() -> None:
    client = Client()
    for byte in START_UP:
        client.handshake.receive(bytes([byte]))
    assert len(client.events) == 1


def test_a_cancel_request_is_handed_on_as_it_came() -> None:
    client = Client()
    packet = request(p.CANCEL_REQUEST, b"\0\0\0\7abcd")
    client.handshake.receive(packet)
    assert client.events == [packet]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"\0" * 64,
        b"\xff" * 64,
        request(2 << 16),
        request(p.SSL_REQUEST) + START_UP,
        struct.pack("!II", 12, 3 << 16) + b"user",
    ],
    ids=["http", "bare TLS", "zeros", "ones", "protocol 2", "cleartext after the request for TLS", "no end"],
)
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(p.ProtocolError):
        Client().handshake.receive(data)


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
    with pytest.raises(p.ProtocolError, match="names no user"):
        backend_parameters({"database": "dev"}, DEFAULTS)


def test_tls_that_is_off_is_declined_however_often_it_is_asked_for() -> None:
    sent: list[bytes] = []
    events: list[object] = []
    tested = Handshake(sent.append, lambda: events.append("tls"), events.append, events.append, offers_tls=False)
    tested.receive(request(p.SSL_REQUEST) + request(p.SSL_REQUEST) + START_UP)
    assert sent == [b"N", b"N"]
    assert events == [{"user": "awsuser", "database": "dev"}]
    assert not tested.encrypted
