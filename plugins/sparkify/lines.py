"""Lines of a byte stream, a chunk at a time: counted, or picked by number, in bounded memory. Pure.

COPY reads one JSON object a line. Counting here does not use COPY, so that what COPY says can be held against it.
A line is blank when it holds nothing but white space; COPY passes over those, and so does the count.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

#: How much a compressed chunk may grow at once: a small file can hold a large one.
_INFLATED_BYTES = 1 << 20

#: Redshift's own limit for a JSON object; of a longer line only this much is kept.
#: https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html
_LINE_BYTES = 4 << 20


class DamagedGzipError(ValueError):
    """A file named ``.gz`` that is not gzip, or ends before its compressed data do."""


class PlainBytes:
    """Passes chunks on as they are."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Return the chunk's content."""
        yield chunk

    def finish(self) -> None:
        """Take note of the end of the stream."""


class GzipBytes:
    """Decompresses a gzip stream of one or several members."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._started = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Return the chunk's content in pieces of bounded size.

        :raises DamagedGzipError: when the stream is not gzip.
        """
        data = chunk
        while data:
            if self._member.eof:
                self._member, self._started = zlib.decompressobj(wbits=31), False
                data = data.lstrip(b"\x00")  # padding after the last member
                continue
            self._started = True
            try:
                piece = self._member.decompress(data, _INFLATED_BYTES)
            except zlib.error as error:
                raise DamagedGzipError(f"is named .gz but its content is not gzip ({error})") from error
            if piece:
                yield piece
            data = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def finish(self) -> None:
        """Take note of the end of the stream.

        :raises DamagedGzipError: when it came in the middle of the compressed data.
        """
        if self._started and not self._member.eof:
            raise DamagedGzipError("ends before its compressed data do")


class LineCounter:
    """Counts the non-blank lines of a stream; the last one need not end in a newline."""

    def __init__(self) -> None:
        self._lines = 0
        self._open_line_has_content = False

    def feed(self, chunk: bytes) -> None:
        """Count the lines that end within the chunk."""
        first, newline, rest = chunk.partition(b"\n")
        self._open_line_has_content |= bool(first.strip())
        if not newline:
            return
        whole, newline, last = rest.rpartition(b"\n")
        self._lines += self._open_line_has_content
        if newline:
            self._lines += sum(map(bool, map(bytes.strip, whole.split(b"\n"))))
        self._open_line_has_content = bool(last.strip())

    def finish(self) -> int:
        """Return the number of lines in the whole stream."""
        return self._lines + self._open_line_has_content


def pick_lines(chunks: Iterable[bytes], numbers: Iterable[int]) -> dict[int, bytes]:
    """Return the lines of some numbers, without their line ends.

    :param chunks: the stream; it is read no further than the last line asked for.
    :param numbers: line numbers as COPY reports them, from 1, blank lines counted.
    :return: number → line; numbers past the end are left out.
    """
    wanted = set(numbers)
    last_wanted = max(wanted, default=0)
    found: dict[int, bytes] = {}
    number, kept = 1, b""
    for chunk in chunks:
        if number > last_wanted:
            break
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            if number in wanted:
                found[number] = (kept + piece)[:_LINE_BYTES].rstrip(b"\r")
            kept = b""
            number += 1
        if number in wanted:
            kept = (kept + rest)[:_LINE_BYTES]
    if kept and number in wanted:
        found[number] = kept.rstrip(b"\r")
    return found


def enumerate_lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Iterate over a stream's lines with their numbers, from 1, without their line ends; blank lines count."""
    number, kept = 1, b""
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            yield number, (kept + piece)[:_LINE_BYTES].rstrip(b"\r")
            number, kept = number + 1, b""
        kept = (kept + rest)[:_LINE_BYTES]
    if kept:
        yield number, kept.rstrip(b"\r")
