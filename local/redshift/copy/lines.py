"""The lines of an object, whatever the sizes of its chunks; compression is undone on the way. Bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from local.redshift.copy.compression import decompressed
from local.redshift.errors import RedshiftError

_BOM = b"\xef\xbb\xbf"

#: "The maximum size of a single input row is 4 MB":
#: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
MAX_LINE = 4 * 1024 * 1024


def read_lines(uri: str, chunks: Iterable[bytes], compression: str | None = None) -> Iterator[bytes]:
    """Yield the lines of an object without their ends.

    :param uri: the object's address, for errors.
    :param chunks: its bytes.
    :param compression: how they are compressed; None when they are not.
    :raises RedshiftError: when the compressed data is damaged or ends early, or a line is too long.
    """
    rest = b""
    first = True
    for data in decompressed(uri, chunks, compression):
        if first and data:
            data, first = data.removeprefix(_BOM), False
        pieces = (rest + data).split(b"\n")
        rest = pieces.pop()
        if len(rest) > MAX_LINE:
            raise RedshiftError("XX000", f"A line of {uri} is longer than 4 MB, the most that COPY takes.")
        yield from pieces
    if rest:
        yield rest
