"""Bytes into text: https://docs.aws.amazon.com/redshift/latest/dg/multi-byte-character-load-errors.html"""

from __future__ import annotations

import pytest

from local_redshift.copy.model import RowError
from local_redshift.copy.values.text import decode


def test_utf8_is_decoded() -> None:
    assert decode("dé".encode(), None) == "dé"


def test_each_invalid_byte_is_replaced() -> None:
    assert decode(b"a\xff\xfeb\xc3", "^") == "a^^b^"


def test_without_a_replacement_the_line_is_an_error_that_shows_the_bytes() -> None:
    with pytest.raises(RowError, match="Bad UTF8 hex sequence: ff") as caught:
        decode(b"a\xff", None)
    assert caught.value.code == 1220
