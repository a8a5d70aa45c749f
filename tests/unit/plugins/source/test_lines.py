"""Lines of a file, counted and picked, whatever the chunks are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkify.source.lines import FileLines, enumerate_lines, pick_lines


def chunked(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def count(data: bytes, size: int) -> int:
    counter = FileLines()
    for chunk in chunked(data, size):
        counter.feed(chunk)
    return counter.finish()


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", 0),
        (b"\n", 0),
        (b"{}", 1),
        (b"{}\n", 1),
        (b"{}\n{}", 2),
        (b"{}\n\n \t\r\n{}\r\n", 2),
        (b" {}", 1),
        (b"\n\n\n{}", 1),
        (b"\xef\xbb\xbf", 0),
        (b"\xef\xbb\xbf\n", 0),
        (b"\xef\xbb\xbf{}\n{}", 2),
        (b"{", 1),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_lines_with_content_are_counted_with_or_without_a_final_newline(data, lines, size):
    assert count(data, size) == lines


@given(st.text("{b \n\r\t").map(lambda text: f"{text}{{".encode()), st.integers(1, 9))
def test_the_count_does_not_depend_on_the_chunks(data, size):
    assert count(data, size) == sum(1 for line in data.split(b"\n") if line.strip())


@given(st.text("ab\n").map(str.encode), st.integers(1, 9), st.sets(st.integers(1, 8)))
def test_picked_lines_do_not_depend_on_the_chunks(data, size, numbers):
    lines = dict(enumerate(data.split(b"\n"), start=1))
    expected = {number: lines[number] for number in numbers if lines.get(number)}
    picked = pick_lines(chunked(data, size), numbers)
    assert {number: line for number, line in picked.items() if line} == expected


def test_picked_lines_lose_only_their_line_end():
    assert pick_lines([b' {"a": 1} \r\n\n{"b"', b': "\xff"}'], [1, 3, 9]) == {
        1: b' {"a": 1} ',
        3: b'{"b": "\xff"}',
    }


@given(st.text("ab\n").map(str.encode), st.integers(1, 9))
def test_numbered_lines_do_not_depend_on_the_chunks(data, size):
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line]
    assert [pair for pair in enumerate_lines(chunked(data, size)) if pair[1]] == lines
