"""What messages and columns have no room for is left out, and counted."""

from __future__ import annotations

import pytest

from sparkify.hooks.shortening import cut, first_lines, name_some


def test_some_names_stand_for_all() -> None:
    assert name_some([]) == ""
    assert name_some(["a", "b", "c"]) == "a, b, c"
    assert name_some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert name_some(["a", "b", "c"], 1, joined_by=" or") == "a or 2 more"


def test_the_first_lines_stand_for_all() -> None:
    assert first_lines([], 2) == []
    assert first_lines(["a", "b"], 2) == ["a", "b"]
    assert first_lines(["a", "b", "c"], 2) == ["a", "b", "and 1 more"]
    assert first_lines(["a", "b", "c"], 1, "hours") == ["a", "and 2 more hours"]


@pytest.mark.parametrize(
    ("data", "limit", "text"),
    [
        (b"abc", 2, "ab"),
        ("aé".encode(), 2, "a"),
        (b"a\xffb", 10, "a\ufffdb"),
        (b"a\x00b", 10, "a\ufffdb"),
        ("aé", 2, "a"),
        ("a\x00b", 10, "a\ufffdb"),
        ("a\ud800b", 10, "a?b"),  # half of a surrogate pair, which UTF-8 cannot have
    ],
)
def test_text_is_cut_to_bytes_and_holds_nothing_a_varchar_cannot(data: bytes | str, limit: int, text: str) -> None:
    assert cut(data, limit) == text
