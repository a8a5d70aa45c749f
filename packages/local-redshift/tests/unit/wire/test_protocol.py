"""Messages are built and read as PostgreSQL's protocol lays them out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.protocol import ProtocolError, ServerMessage, c_strings, decode, encode, frame

names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.dictionaries(names, names, max_size=5))
def test_start_up_parameters_come_back_as_they_were_sent(parameters: dict[str, str]) -> None:
    assert client_messages.parse_startup(client_messages.startup(parameters)[8:]) == parameters


@given(st.dictionaries(st.sampled_from("SVCMDHPn"), names))
def test_fields_of_an_error_come_back_as_they_were_sent(fields: dict[str, str]) -> None:
    assert server_messages.parse_fields(server_messages.error_of_fields(fields)) == fields


@given(st.binary(max_size=200))
def test_text_that_is_no_utf8_survives(raw: bytes) -> None:
    assert encode(decode(raw)) == raw


def test_a_row_is_read_with_its_nulls() -> None:
    row = frame(ServerMessage.DATA_ROW, b"\0\3" + b"\0\0\0\2ab" + b"\xff\xff\xff\xff" + b"\0\0\0\0")
    assert server_messages.parse_row(row) == ["ab", None, ""]


def test_bytes_of_a_message_are_those_of_the_specification() -> None:
    assert client_messages.query("SELECT 1") == b"Q\0\0\0\x0dSELECT 1\0"
    assert client_messages.execute(b"c") == b"E\0\0\0\x0ac\0\0\0\0\0"
    assert client_messages.bind(b"s", b"c", ["x", None]) == b"B\0\0\0\x17c\0s\0\0\0\0\2\0\0\0\1x\xff\xff\xff\xff\0\0"


def test_a_string_without_end_is_refused() -> None:
    with pytest.raises(ProtocolError):
        c_strings(b"P\0\0\0\x08abcd", 1)
