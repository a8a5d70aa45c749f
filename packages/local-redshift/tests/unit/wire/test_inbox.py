"""How a client's bytes become messages, and what is not kept of those that are too long."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_redshift.wire import client_messages
from local_redshift.wire.inbox import Inbox
from local_redshift.wire.protocol import STATEMENT_LIMIT, ProtocolError

SHORT = client_messages.query("SELECT 1")


def taken(inbox: Inbox) -> list[bytes]:
    return list(iter(inbox.next, None))


@given(st.lists(st.binary(max_size=40), max_size=20), st.lists(st.integers(1, 30), min_size=1, max_size=20))
def test_messages_come_out_as_they_were_however_they_are_cut(bodies: list[bytes], cuts: list[int]) -> None:
    messages = [b"Q" + struct.pack("!I", len(body) + 4) + body for body in bodies]
    stream, inbox, found, position = b"".join(messages), Inbox(), list[bytes](), 0
    while position < len(stream):
        size = cuts[position % len(cuts)]
        inbox.add(stream[position : position + size])
        position += size
        found += taken(inbox)
    assert found == messages
    assert len(inbox) == 0


@pytest.mark.parametrize("code", [b"Q", b"P"])
def test_of_a_statement_that_is_too_long_nothing_is_kept(code: bytes) -> None:
    inbox, size = Inbox(), STATEMENT_LIMIT + 300_000
    inbox.add(code + struct.pack("!I", size + 5) + b"SELECT ")
    assert taken(inbox) == []
    sent, chunk = 7, b"x" * 65_536
    while sent < size:
        inbox.add(chunk[: size - sent])
        sent += min(len(chunk), size - sent)
        assert taken(inbox) == []
        assert len(inbox) == 0
    inbox.add(b"\0" + SHORT)
    assert taken(inbox) == [code, SHORT]
    assert inbox.refused_size == size


def test_a_statement_of_exactly_the_limit_is_kept() -> None:
    inbox, message = Inbox(), b"Q" + struct.pack("!I", STATEMENT_LIMIT + 5) + b"x" * STATEMENT_LIMIT + b"\0"
    inbox.add(message)
    assert taken(inbox) == [message]
    inbox.add(b"Q" + struct.pack("!I", STATEMENT_LIMIT + 6))
    assert taken(inbox) == []
    assert len(inbox) == 0


def test_data_of_a_copy_that_nobody_waits_for_is_dropped() -> None:
    inbox = Inbox()
    inbox.add(b"d" + struct.pack("!I", 20_004) + b"x" * 20_000 + SHORT)
    assert taken(inbox) == [SHORT]


@pytest.mark.parametrize(
    "sent",
    [struct.pack("!cI", b"E", 20_000), struct.pack("!cI", b"S", 0), struct.pack("!cI", b"Q", 1 << 31)],
    ids=["a long Execute", "no length", "longer than anything"],
)
def test_other_lengths_are_no_messages(sent: bytes) -> None:
    inbox = Inbox()
    inbox.add(sent)
    with pytest.raises(ProtocolError, match="bytes long"):
        inbox.next()
