"""The MD5 password exchange: https://www.postgresql.org/docs/current/auth-password.html"""

from __future__ import annotations

import hashlib
import struct

import pytest

from local_redshift.wire import passwords
from local_redshift.wire.protocol import ServerMessage, frame

KEPT = "md5" + hashlib.md5(b"secretawsuser").hexdigest()


def client_answer(password: str, user: str, salt: bytes) -> bytes:
    """What a driver sends."""
    inner = hashlib.md5(password.encode() + user.encode()).hexdigest()
    text = b"md5" + hashlib.md5(inner.encode() + salt).hexdigest().encode() + b"\0"
    return b"p" + struct.pack("!I", len(text) + 4) + text


def test_a_drivers_answer_is_checked() -> None:
    assert passwords.is_answer(client_answer("secret", "awsuser", b"\0\1\2\3"), KEPT, b"\0\1\2\3")
    assert not passwords.is_answer(client_answer("other", "awsuser", b"\0\1\2\3"), KEPT, b"\0\1\2\3")
    assert not passwords.is_answer(client_answer("secret", "awsuser", b"\0\1\2\4"), KEPT, b"\0\1\2\3")


@pytest.mark.parametrize("kept", [None, "", "SCRAM-SHA-256$4096:x$y:z", "secret"])
def test_nothing_is_right_without_a_hash(kept: str | None) -> None:
    assert not passwords.is_answer(client_answer("", "awsuser", b"salt"), kept, b"salt")


def test_a_request_holds_the_salt_and_other_messages_none() -> None:
    assert passwords.salt_of(passwords.request(b"salt")) == b"salt"
    assert passwords.salt_of(frame(ServerMessage.AUTHENTICATION, struct.pack("!I", 0))) is None
