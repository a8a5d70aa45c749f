"""What comes before the first message: TLS, cancel requests, start-up parameters, and garbage."""

from __future__ import annotations

import struct

import pytest

from local_redshift.wire import client_messages
from local_redshift.wire.handshake import Handshake
from local_redshift.wire.protocol import CANCEL_REQUEST, GSSENC_REQUEST, SSL_REQUEST, ProtocolError


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


START_UP = client_messages.startup({"user": "awsuser", "database": "dev"})


def test_tls_is_accepted_and_the_start_up_message_follows() -> None:
    client = Client()
    client.handshake.receive(request(SSL_REQUEST))
    client.handshake.receive(START_UP)
    assert client.events == ["tls", {"user": "awsuser", "database": "dev"}]


def test_gss_encryption_is_declined() -> None:
    client = Client()
    client.handshake.receive(request(GSSENC_REQUEST))
    client.handshake.receive(request(SSL_REQUEST))
    assert client.sent == b"N"
    assert client.events == ["tls"]


def test_a_start_up_message_may_come_in_pieces() -> None:
    client = Client()
    for byte in START_UP:
        client.handshake.receive(bytes([byte]))
    assert len(client.events) == 1


def test_a_cancel_request_is_handed_on_as_it_came() -> None:
    client = Client()
    packet = request(CANCEL_REQUEST, b"\0\0\0\7abcd")
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
        request(SSL_REQUEST) + START_UP,
        struct.pack("!II", 12, 3 << 16) + b"user",
    ],
    ids=["http", "bare TLS", "zeros", "ones", "protocol 2", "cleartext after the request for TLS", "no end"],
)
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        Client().handshake.receive(data)


def test_tls_that_is_off_is_declined() -> None:
    sent: list[bytes] = []
    events: list[object] = []
    tested = Handshake(sent.append, lambda: events.append("tls"), events.append, events.append, offers_tls=False)
    tested.receive(request(SSL_REQUEST) + request(GSSENC_REQUEST) + START_UP + b"more")
    assert sent == [b"N", b"N"]
    assert events == [{"user": "awsuser", "database": "dev"}]
    assert not tested.encrypted
    assert tested.rest == b"more"


@pytest.mark.parametrize("code", [SSL_REQUEST, GSSENC_REQUEST])
def test_no_encryption_can_be_asked_for_twice(code: int) -> None:
    tested = Handshake(lambda data: None, lambda: None, lambda data: None, lambda data: None, offers_tls=False)
    tested.receive(request(code))
    with pytest.raises(ProtocolError, match="twice"):
        tested.receive(request(code))
