"""The lines of an object in blocks, whatever the sizes of its chunks; compressed objects are decompressed.

Contract: a block ends where a line ends, and the last one where the object does. Bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from local_redshift.copy.source.compression import decompressed
from local_redshift.wire.errors import RedshiftError

_BOM = b"\xef\xbb\xbf"

#: "The maximum size of a single input row is 4 MB":
#: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
MAX_LINE = 4 * 1024 * 1024

#: Bytes from which it pays to send a block to another process.
BLOCK_SIZE = 1024 * 1024


def read_blocks(
    uri: str, chunks: Iterable[bytes], compression: str | None = None, size: int = BLOCK_SIZE
) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines of an object in blocks, with whether the block is the last; there is at least one.

    :param uri: the object's address, for errors.
    :param chunks: its bytes.
    :param compression: how they are compressed; None when they are not.
    :param size: length from which a block is cut at its last line's end.
    :raises RedshiftError: when the compressed data is damaged or ends early, or a line is too long.
    """
    block = None
    for following in _cut(uri, _without_mark(decompressed(uri, chunks, compression)), size):
        if block is not None:
            yield block, False
        block = following
    yield block or b"", True


def split_lines(block: bytes) -> list[bytes]:
    """Return the lines of a block without their ends."""
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def count_lines(block: bytes) -> int:
    """Return how many lines a block has; the last one may be without its end."""
    return block.count(b"\n") + (bool(block) and not block.endswith(b"\n"))


def without_lines(block: bytes, count: int) -> tuple[bytes, int]:
    """Return a block without its first lines, and how many were left out: fewer where it has fewer."""
    lines = block.split(b"\n", count)
    if len(lines) > count:
        return lines[count], count
    return b"", len(split_lines(block))


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out a byte order mark."""
    beginning = b""
    for chunk in chunks:
        beginning += chunk
        if len(beginning) >= len(_BOM):
            break
    yield beginning.removeprefix(_BOM)
    yield from chunks


def _cut(uri: str, chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    parts: list[bytes] = []
    length = 0
    for chunk in chunks:
        parts.append(chunk)
        length += len(chunk)
        if length < size:
            continue
        text = b"".join(parts)
        at = 0
        while length - at >= size:
            # the last end of line within the size, or the first one after it
            end = (text.rfind(b"\n", at, at + size) + 1) or (text.find(b"\n", at + size) + 1)
            if not end:
                break
            yield text[at:end]
            at = end
        parts, length = [text[at:]], length - at
        if length > MAX_LINE:
            raise RedshiftError("XX000", f"A line of {uri} is longer than 4 MB, the most that COPY takes.")
    if length:
        yield b"".join(parts)
