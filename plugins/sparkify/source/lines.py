"""Lines of a file, a chunk at a time: counted, or picked by number, in bounded memory. Pure.

COPY reads one JSON object a line. Counting here does not use COPY, so that what COPY says can be held against it.
A line is blank when it holds nothing but white space; COPY passes over those, and so does the count.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from sparkify.source.content import HEAD_BYTES, Compression, UnreadableFileError, is_binary, is_utf8, refuse_head
from sparkify.source.decompression import Decompressor
from sparkify.source.file_keys import LineKeys

#: Redshift's own limit for a JSON object; of a longer line only this much is kept.
#: https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html
_LINE_BYTES = 4 << 20


class FileLines:
    """Counts the non-blank lines of a file whose chunks are fed to it, and refuses a file that is not text.

    A line that is not UTF-8 is counted, and left to COPY to reject. A file is not text when its first bytes are those
    of something else, when one of its lines is binary, or when most of its lines, and more than one, are not UTF-8; and
    it is refused as well when none of its lines has a JSON object. Limits for rejected lines are not meant for such
    files.

    :param keys: takes the lines that are not blank, if the rows' keys are wanted.
    :ivar compression: how the file is compressed, ``None`` until enough of it has come.
    """

    def __init__(self, keys: LineKeys | None = None) -> None:
        self.keys = keys
        self._decompressor = Decompressor()
        self._head: bytes | None = b""
        self._open_line = b""
        self._lines = self._garbled = self._number = 0
        self._has_object = False

    @property
    def compression(self) -> Compression | None:
        """How the file is compressed, ``None`` until enough of it has come."""
        return self._decompressor.compression

    def feed(self, chunk: bytes) -> None:
        """Count the lines that end within the chunk.

        :raises UnreadableFileError: when the file is not text, or is damaged.
        """
        for piece in self._decompressor.feed(chunk):
            self._take(piece)

    def finish(self) -> int:
        """Return the number of lines in the whole file.

        :raises UnreadableFileError: when the file is not text, or is damaged.
        """
        for piece in self._decompressor.finish():
            self._take(piece)
        if self._head is not None:
            self._begin(self._head)
        self._count(self._open_line)
        if self._lines and not self._has_object:
            raise UnreadableFileError(f"holds no JSON object: there is no '{{' in its {self._lines} line(s)")
        if 1 < self._garbled > self._lines / 2:
            raise UnreadableFileError(
                f"is text in another encoding than UTF-8, such as Latin-1 or Windows-1252: {self._garbled} of its "
                f"{self._lines} lines are not UTF-8"
            )
        return self._lines

    def _take(self, piece: bytes) -> None:
        if self._head is None:
            self._add(piece)
            return
        self._head += piece
        if len(self._head) >= HEAD_BYTES:
            self._begin(self._head)

    def _begin(self, head: bytes) -> None:
        refuse_head(head, self._decompressor.compression or Compression.NONE)
        self._head = None
        self._add(head.removeprefix(codecs.BOM_UTF8))

    def _add(self, piece: bytes) -> None:
        ended, newline, rest = piece.rpartition(b"\n")
        if newline:
            self._count(self._open_line + ended)
            self._open_line = rest
        else:  # the rest of a line that is too long for COPY does not matter
            self._open_line = (self._open_line + rest)[:_LINE_BYTES]

    def _count(self, block: bytes) -> None:
        lines = block.split(b"\n")
        self._has_object = self._has_object or b"{" in block
        self._lines += sum(map(bool, map(bytes.strip, lines)))
        if self.keys is not None:
            for line in filter(bytes.strip, lines):
                self.keys.add_line(line)
        if not block.isascii() or b"\x00" in block:
            for number, line in enumerate(lines, start=self._number + 1):
                if not line.isascii() or b"\x00" in line:
                    self._judge(number, line)
        self._number += len(lines)

    def _judge(self, number: int, line: bytes) -> None:
        if is_binary(line):
            raise UnreadableFileError(
                f"holds data that are binary, encrypted or in another encoding than UTF-8 (line {number}, "
                f"{len(line):,} bytes)"
            )
        self._garbled += not is_utf8(line)


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
